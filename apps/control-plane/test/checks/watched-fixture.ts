import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoggerService } from '@nestjs/common';
import { DeclarationsWatch } from '../../src/declarations/declarations.watch.js';
import { readSettings } from '../../src/settings/read-settings.js';
import { DeclarationsFixture, type Document, ttl } from './declarations-fixture.js';

/** A file in a folder of its own, and who watches it. */
export class WatchedFixture extends DeclarationsFixture {
  readonly folder = mkdtempSync(join(tmpdir(), 'vitals-'));
  readonly path: string;
  readonly watch: DeclarationsWatch;
  readonly told: string[] = [];

  constructor(path = 'vitals.yaml') {
    super();
    this.path = join(this.folder, path);
    const settings = readSettings({ VITALS_DECLARATIONS: this.path });
    this.watch = new DeclarationsWatch(this.service, this.clock, settings);
    const note = (message: string): void => void this.told.push(message.replaceAll(this.folder, ''));
    const logger = { log: note, warn: note, error: note } as LoggerService;
    Object.assign(this.watch, { logger });
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

  /** Two polls: a file is applied when it is found the same twice. */
  async poll(times = 2): Promise<void> {
    for (let polls = 0; polls < times; polls++) await this.done(this.watch.poll());
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
