import 'reflect-metadata';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedTransition } from '@vitals/core/transition';
import { DataSource } from 'typeorm';
import type { AnyChange, KeyedTransition } from '../src/database/change.js';
import { above } from '../src/database/database.js';
import { PASSED_TIME } from '../src/database/passed-time.js';
import { sqliteOptions } from '../src/database/sqlite/data-source.js';
import { DatabaseFile } from '../src/database/sqlite/database.file.js';
import { SqliteDatabase } from '../src/database/sqlite/sqlite.database.js';
import { TRANSITIONS } from '../src/database/transition.record.js';
import { MASS_FAILURES, SETTLED_MEMBERS } from '../src/mass-failures/mass-failure.rows.js';
import { RESERVATIONS } from '../src/placement/reservation.rows.js';
import { providersDecided, reportsWritten } from '../src/providers/provider.changes.js';
import { PROVIDERS, readProviders, type StoredProvider } from '../src/providers/provider.rows.js';
import { TOKENS } from '../src/security/token.directory.js';
import { registered } from './registered-provider.js';

export const AT_MS = Date.UTC(2026, 0, 1);
export const INFO = { capacity: { cpu: 8 }, allocated: {}, capabilities: ['gpu'], syncedAtMs: AT_MS };
export const REPORT = { phase: 'Ready', reportedAtMs: AT_MS + 1, heardAtMs: AT_MS + 2, advertisedMs: 11_000 };

/** A database to which changes are written as the journal writes them, without numbers and without a feed. */
export class TestDatabase extends SqliteDatabase {
  constructor(
    readonly connection: DataSource,
    file: DatabaseFile = new DatabaseFile(':memory:'),
  ) {
    super(connection, file);
  }

  /** Writes all changes, or none. @returns the transitions that each of them recorded */
  commit(changes: readonly AnyChange[]): Promise<(readonly RecordedTransition[])[]> {
    return this.transaction(async (transaction) => {
      const outcomes: (readonly RecordedTransition[])[] = [];
      for (const { kind, payload } of changes) {
        const written = (await kind.write(transaction, payload as never)) ?? payload;
        outcomes.push(kind.transitions?.(written as never) ?? []);
      }
      return outcomes;
    });
  }

  async transitions(since: number, limit: number): Promise<RecordedTransition[]> {
    const rows = await this.select(TRANSITIONS, {
      where: { sequence: above(since) },
      orderBy: ['sequence'],
      limit,
    });
    return rows.map(({ suppressed, ...row }) => ({
      ...row,
      ...(suppressed !== undefined && { suppressed }),
    }));
  }
}

/** SQLite files in a folder of their own, until `close`. */
export class SqliteFixture {
  private readonly folder = mkdtempSync(join(tmpdir(), 'vitals-'));
  private readonly open: DataSource[] = [];
  private path = join(this.folder, 'vitals.db');

  /** A database on the file, which another one may have open. */
  async opened(): Promise<TestDatabase> {
    const source = new DataSource(sqliteOptions(this.path));
    await source.initialize();
    this.open.push(source);
    return new TestDatabase(source);
  }

  /** A database on a copy of what lies on disk while the first is still open. */
  async openedAfterPowerLoss(): Promise<TestDatabase> {
    const copy = join(this.folder, `${this.open.length}.db`);
    for (const suffix of ['', '-wal']) copyFileSync(`${this.path}${suffix}`, `${copy}${suffix}`);
    this.path = copy;
    return this.opened();
  }

  async close(): Promise<void> {
    for (const source of this.open.splice(0)) await source.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Everything that the features read at boot, checks and services left out. */
export async function loaded(database: SqliteDatabase, changesSinceMs = 0) {
  const providers: StoredProvider[] = [];
  for await (const some of readProviders(database, changesSinceMs)) providers.push(...some);
  const settled = await database.select(SETTLED_MEMBERS);
  const of = (kind: 'provider' | 'service') =>
    settled.filter((one) => one.kind === kind).map(({ key, sinceMs }) => ({ key, sinceMs }));
  const [passed] = await database.select(PASSED_TIME, { members: ['totalMs', 'shownMs'] });
  return {
    fleetSize: await database.count(PROVIDERS),
    tokens: await database.select(TOKENS, { orderBy: ['createdAtMs'] }),
    reservations: await database.select(RESERVATIONS),
    lastSequence: (await database.max(TRANSITIONS, 'sequence')) ?? 0,
    passed,
    massFailures: await database.select(MASS_FAILURES, { orderBy: ['key'] }),
    settled: { provider: of('provider'), service: of('service') },
    providers,
  };
}

/** Names are letters; their place in the alphabet is their key. */
export function keyOf(name: string): number {
  return name.charCodeAt(0) - 96;
}

export function register(name: string, generation = 1, id = `id-${name}`, tokenHash?: string): AnyChange {
  return registerAs(keyOf(name), name, { generation, id, tokenHash });
}

export function registerAs(
  key: number,
  name: string,
  more: { generation?: number; id?: string; tokenHash?: string | undefined } = {},
): AnyChange {
  const { generation = 1, id = `id-${name}`, tokenHash } = more;
  const credentials = { tokenHash, previousTokenHash: tokenHash && `${tokenHash} before` };
  const registration = { endpoint: 'http://vm' };
  const provider = { generation, id, info: INFO, registration, credentials, registeredAtMs: AT_MS };
  return registered(key, name, provider);
}

export function report(name: string): AnyChange {
  return reportsWritten([{ key: keyOf(name), ...REPORT }]);
}

export function transition(
  subject: string,
  from: KeyedTransition['from'],
  to: KeyedTransition['to'],
): KeyedTransition {
  return { kind: 'provider', key: keyOf(subject), subject, from, to, cause: 'for a test', atMs: AT_MS + 5 };
}

export function decide(...args: Parameters<typeof transition>): AnyChange {
  return providersDecided([transition(...args)]);
}

/** A transition as it is recorded. */
export function recorded(sequence: number, ...args: Parameters<typeof transition>): object {
  const { key: _key, ...rest } = transition(...args);
  return { ...rest, sequence };
}
