import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ControlPlaneProcess } from './control-plane-process.js';

const ADMIN = 'admin-of-backups';

/** A control plane in a process, on a file of its own, with a folder for backups. */
export class BackedUp {
  plane!: ControlPlaneProcess;
  private readonly outer = mkdtempSync(join(tmpdir(), 'vitals-backups-'));
  readonly backups = join(this.outer, 'backups');
  readonly path = join(this.outer, 'vitals.db');
  private readonly environment = {
    DATABASE_URL: `sqlite:${this.path}`,
    VITALS_ADMIN_TOKEN: ADMIN,
    VITALS_BACKUP_DIR: this.backups,
    VITALS_RATE_LIMIT: '0',
  };

  private constructor() {
    mkdirSync(this.backups);
  }

  /** Nothing of it is shared: any number of them may be in use at once. */
  static async with(test: (data: BackedUp) => Promise<void>): Promise<void> {
    const data = new BackedUp();
    try {
      await test(data);
    } finally {
      await data.plane?.kill();
      rmSync(data.outer, { recursive: true });
    }
  }

  async start(): Promise<void> {
    this.plane = await ControlPlaneProcess.start(this.environment);
  }

  async ask(
    method: string,
    at: string,
    body?: unknown,
    token: string = ADMIN,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await fetch(this.plane.url + at, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      body: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>,
    };
  }

  beat(name: string, token: string): Promise<{ status: number }> {
    const beat = { timestamp: new Date().toISOString(), phase: 'Ready' };
    return this.ask('PUT', `/providers/${name}/status`, beat, token);
  }

  /** What outlasts a restart, as it is told. */
  async everything(): Promise<unknown[]> {
    const { body: providers } = await this.ask('GET', '/providers');
    const { body: checks } = await this.ask('GET', '/checks');
    return [
      (providers['providers'] as Record<string, unknown>[]).map(
        ({ name, id, generation, labels, capacity, registered_at, cordoned }) => [
          name,
          id,
          generation,
          labels,
          capacity,
          registered_at,
          cordoned,
        ],
      ),
      (checks['checks'] as Record<string, unknown>[]).map(({ id, type, source, created_at }) => [
        id,
        type,
        source,
        created_at,
      ]),
      (await this.ask('GET', '/tokens')).body,
      (await this.ask('GET', '/transitions')).body,
    ];
  }

  /** Runs `vitals backup`; never throws. */
  vitals(
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number; out: string; err: string }> {
    const { PATH = '' } = process.env;
    return new Promise((done) => {
      execFile(
        process.execPath,
        [resolve('apps/control-plane/bin/vitals.js'), 'backup', ...args],
        { env: { PATH, ...this.environment, ...more } },
        (error, out, err) => done({ code: error ? Number(error.code) : 0, out, err }),
      );
    });
  }
}
