import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsonAnswer, registration, sendTo } from './control-plane.js';
import { ControlPlaneProcess } from './control-plane-process.js';

/** A folder with the database of a control plane, or of several, one after the other. */
export class DatabaseFolder {
  /** The one that was started last. */
  plane!: ControlPlaneProcess;
  private readonly outer = mkdtempSync(join(tmpdir(), 'vitals-file-'));
  readonly folder = join(this.outer, 'data');
  readonly path = join(this.folder, 'vitals.db');
  /** Where the file goes when it disappears. */
  readonly away = join(this.outer, 'away.db');
  readonly database = { DATABASE_URL: `sqlite:${this.path}` };
  readonly quick = { ...this.database, VITALS_HEARTBEAT_INTERVAL: '1s', VITALS_HEARTBEAT_GRACE: '1s' };
  private readonly running: ControlPlaneProcess[] = [];

  private constructor() {
    mkdirSync(this.folder);
  }

  /** Nothing of it is shared: any number of them may be in use at once. */
  static async with(test: (data: DatabaseFolder) => Promise<void>): Promise<void> {
    const data = new DatabaseFolder();
    try {
      await test(data);
    } finally {
      for (const one of data.running) await one.kill();
      rmSync(data.outer, { recursive: true });
    }
  }

  async start(environment: Readonly<Record<string, string>> = this.database): Promise<void> {
    this.plane = await ControlPlaneProcess.start(environment);
    this.running.push(this.plane);
  }

  ask(method: string, at: string, body?: unknown): Promise<JsonAnswer> {
    return sendTo(this.plane.url, method, at, body);
  }

  register(name: string): Promise<JsonAnswer> {
    return this.ask('POST', '/providers', registration(name));
  }

  beat(name: string, phase = 'Ready'): Promise<JsonAnswer> {
    return this.ask('PUT', `/providers/${name}/status`, { timestamp: new Date().toISOString(), phase });
  }

  async ready(): Promise<number> {
    return (await this.ask('GET', '/health/ready')).status;
  }

  async names(): Promise<string[]> {
    const { body } = await this.ask('GET', '/providers');
    return (body['providers'] as { name: string }[]).map(({ name }) => name);
  }

  async log(): Promise<{ sequence: number; subject: string; to: string }[]> {
    return (await this.ask('GET', '/transitions')).body['transitions'] as never;
  }
}
