import 'reflect-metadata';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import type { Change, KeyedTransition, StoredProvider } from '../src/persistence/change.js';
import type { StoredState } from '../src/persistence/control-plane.store.js';
import { sqliteOptions } from '../src/persistence/sqlite/data-source.js';
import { SqliteStore } from '../src/persistence/sqlite/sqlite.store.js';

export const AT_MS = Date.UTC(2026, 0, 1);
export const INFO = { capacity: { cpu: 8 }, allocated: {}, capabilities: ['gpu'], syncedAtMs: AT_MS };
export const REPORT = { phase: 'Ready', reportedAtMs: AT_MS + 1, heardAtMs: AT_MS + 2, advertisedMs: 11_000 };

/** A store, and the connection that it uses. */
export interface Opened {
  readonly store: SqliteStore;
  readonly database: DataSource;
}

/** SQLite files in a folder of their own, until `close`. */
export class SqliteFixture {
  private readonly folder = mkdtempSync(join(tmpdir(), 'vitals-'));
  private readonly open: DataSource[] = [];
  private path = join(this.folder, 'vitals.db');

  /** A store on the file, which another one may have open. */
  async opened(): Promise<SqliteStore> {
    return (await this.openedWithDatabase()).store;
  }

  /** The same, with the connection. */
  async openedWithDatabase(): Promise<Opened> {
    const database = new DataSource(sqliteOptions(this.path));
    await database.initialize();
    this.open.push(database);
    return { store: new SqliteStore(database), database };
  }

  /** A store on a copy of what lies on disk while the first is still open. */
  async openedAfterPowerLoss(): Promise<SqliteStore> {
    return (await this.openedAfterPowerLossWithDatabase()).store;
  }

  /** The same, with the connection. */
  async openedAfterPowerLossWithDatabase(): Promise<Opened> {
    const copy = join(this.folder, `${this.open.length}.db`);
    for (const suffix of ['', '-wal']) copyFileSync(`${this.path}${suffix}`, `${copy}${suffix}`);
    this.path = copy;
    return this.openedWithDatabase();
  }

  async close(): Promise<void> {
    for (const database of this.open.splice(0)) await database.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Everything that a store gives back at boot. */
export async function loaded(
  store: SqliteStore,
  changesSinceMs = 0,
): Promise<StoredState & { providers: StoredProvider[] }> {
  const state = await store.load();
  const providers: StoredProvider[] = [];
  for await (const some of store.providers(changesSinceMs)) providers.push(...some);
  return { ...state, providers };
}

/** Names are letters; their place in the alphabet is their key. */
export function keyOf(name: string): number {
  return name.charCodeAt(0) - 96;
}

export function register(name: string, generation = 1, id = `id-${name}`, tokenHash?: string): Change {
  return registerAs(keyOf(name), name, { generation, id, tokenHash });
}

export function registerAs(
  key: number,
  name: string,
  more: { generation?: number; id?: string; tokenHash?: string | undefined } = {},
): Change {
  const registration = { name, endpoint: 'http://vm', service_type: 'vm', schema_version: '1' };
  const { generation = 1, id = `id-${name}`, tokenHash } = more;
  const credentials = { tokenHash, previousTokenHash: tokenHash && `${tokenHash} before` };
  const provider = { key, registration, id, generation, registeredAtMs: AT_MS, ...credentials };
  return { kind: 'register', provider, info: INFO };
}

export function report(name: string): Change {
  return { kind: 'reports', reports: [{ key: keyOf(name), ...REPORT }] };
}

export function transition(
  subject: string,
  from: KeyedTransition['from'],
  to: KeyedTransition['to'],
): KeyedTransition {
  return { kind: 'provider', key: keyOf(subject), subject, from, to, cause: 'for a test', atMs: AT_MS + 5 };
}

export function decide(...args: Parameters<typeof transition>): Change {
  return { kind: 'transitions', transitions: [transition(...args)] };
}

/** A transition as it is recorded. */
export function recorded(sequence: number, ...args: Parameters<typeof transition>): object {
  const { key: _key, ...rest } = transition(...args);
  return { ...rest, sequence };
}
