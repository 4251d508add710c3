import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoggerService } from '@nestjs/common';
import { DeclarationsWatch } from '../../src/declarations/declarations.watch.js';
import { MemoryDatabase } from '../memory.database.js';
import type { TestPlane } from '../test-plane.js';
import { DeclarationsFixture, type Document, ttl } from './declarations-fixture.js';

/** A file in a folder of its own, and who watches it; nothing of the plane has booted. */
export class WatchedFixture extends DeclarationsFixture {
  readonly watch = this.plane.get(DeclarationsWatch);
  readonly told: string[] = [];

  private constructor(
    plane: TestPlane,
    store: MemoryDatabase,
    readonly folder: string,
    readonly path: string,
  ) {
    super(plane, store);
    const note = (message: string): void => void this.told.push(message.replaceAll(this.folder, ''));
    const logger = { log: note, warn: note, error: note } as LoggerService;
    Object.assign(this.watch, { logger });
  }

  static async build(): Promise<WatchedFixture> {
    const store = new MemoryDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'vitals-'));
    const path = join(folder, 'vitals.yaml');
    return new WatchedFixture(await DeclarationsFixture.planeOver(store, path), store, folder, path);
  }

  write(content: Document | string): void {
    writeFileSync(this.path, typeof content === 'string' ? content : JSON.stringify(content));
  }

  /** As the application starts. */
  async start(): Promise<void> {
    await this.done(this.watch.onModuleInit());
    await this.done(this.watch.onApplicationBootstrap());
    this.told.length = 0;
  }

  /** Two looks: a file is taken when it is found the same twice. */
  async poll(times = 2): Promise<void> {
    for (let looks = 0; looks < times; looks++) await this.done(this.watch.poll());
  }

  async close(): Promise<void> {
    await this.watch.stop();
    rmSync(this.folder, { recursive: true });
  }

  get ids(): string {
    return [...this.checks.all()].map(({ id }) => id).join(' ');
  }

  get health(): string {
    const { state, reason } = this.watch.check();
    return reason === undefined ? state : `${state}: ${reason}`;
  }
}

/** A document with these checks, and nothing else. */
export const checks = (...ids: string[]): Document => ({ checks: ids.map((id) => ttl(id)) });
