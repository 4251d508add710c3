import 'reflect-metadata';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Transition } from '@vitals/core/lease';
import { DataSource } from 'typeorm';
import { describeBootFailure } from '../boot-failure.js';
import type { Change } from './control-plane.store.js';
import { sqliteOptions } from './data-source.js';
import { SqliteStore } from './sqlite.store.js';

const AT_MS = Date.UTC(2026, 0, 1);
const INFO = { capacity: { cpu: 8 }, allocated: {}, capabilities: ['gpu'], syncedAtMs: AT_MS };
const REPORT = { phase: 'Ready', reportedAtMs: AT_MS + 1, heardAtMs: AT_MS + 2, toldMs: 11_000 };

let folder: string;
let path: string;
let open: DataSource[];
let store: SqliteStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vitals-'));
  path = join(folder, 'vitals.db');
  open = [];
  store = await opened();
});

afterEach(async () => {
  await closeAll();
  rmSync(folder, { recursive: true, force: true });
});

async function opened(): Promise<SqliteStore> {
  const database = new DataSource(sqliteOptions(path));
  await database.initialize();
  open.push(database);
  return new SqliteStore(database);
}

/** A store on a copy of what lies on disk while the first is still open. */
async function openedAfterPowerLoss(): Promise<SqliteStore> {
  const copy = join(folder, 'copy.db');
  for (const suffix of ['', '-wal']) copyFileSync(`${path}${suffix}`, `${copy}${suffix}`);
  path = copy;
  return opened();
}

async function closeAll(): Promise<void> {
  for (const database of open.splice(0)) await database.destroy();
}

function register(name: string, generation = 1, id = `id-${name}`): Change {
  const registration = { name, endpoint: 'http://vm', service_type: 'vm', schema_version: '1' };
  return { kind: 'register', provider: { registration, id, generation, registeredAtMs: AT_MS }, info: INFO };
}

function transition(subject: string, from: Transition['from'], to: Transition['to']): Transition {
  return { kind: 'provider', subject, from, to, cause: 'for a test', atMs: AT_MS + 5 };
}

function decide(...args: Parameters<typeof transition>): Change {
  return { kind: 'transition', transition: transition(...args) };
}

describe('SqliteStore', () => {
  it('is empty at first', async () => {
    expect(await store.load()).toEqual({ providers: [], lastSequence: 0 });
    expect(await store.transitions(0, 10)).toEqual([]);
  });

  it('gives back all that was committed, also after the power was lost', async () => {
    await store.commit([register('b'), register('a')]);
    await store.commit([
      { kind: 'reports', reports: [{ name: 'a', ...REPORT }] },
      decide('a', 'Unknown', 'Available'),
      { kind: 'info', name: 'b', info: { ...INFO, capacity: { cpu: 4 } } },
    ]);
    const before = [await store.load(), await store.transitions(0, 10)];
    store = await openedAfterPowerLoss();
    expect([await store.load(), await store.transitions(0, 10)]).toEqual(before);
    expect(before[0]).toMatchObject({
      lastSequence: 1,
      providers: [
        {
          id: 'id-a',
          info: INFO,
          report: REPORT,
          availability: 'Available',
          stateSinceMs: AT_MS + 5,
          lastSequence: 1,
        },
        {
          id: 'id-b',
          info: { capacity: { cpu: 4 } },
          report: { phase: undefined, reportedAtMs: undefined, heardAtMs: undefined, toldMs: 0 },
          availability: 'Unknown',
          stateSinceMs: AT_MS,
          cordoned: false,
          lastSequence: 0,
        },
      ],
    });
  });

  it('keeps report, availability and id of a provider that registers again', async () => {
    await store.commit([register('a'), { kind: 'reports', reports: [{ name: 'a', ...REPORT }] }]);
    await store.commit([decide('a', 'Unknown', 'Available'), register('a', 2)]);
    const { providers } = await store.load();
    expect(providers).toMatchObject([
      { id: 'id-a', generation: 2, report: REPORT, availability: 'Available' },
    ]);
  });

  it('records a transition once, whoever else tries', async () => {
    await store.commit([register('a')]);
    const [first] = await store.commit([decide('a', 'Unknown', 'Available')]);
    const [second] = await store.commit([decide('a', 'Unknown', 'Available')]);
    expect(first).toEqual({ ...transition('a', 'Unknown', 'Available'), sequence: 1 });
    expect(second).toBeUndefined();
    expect(await store.transitions(0, 10)).toEqual([first]);
  });

  it('records no transition of a name that is not kept', async () => {
    expect(await store.commit([decide('nobody', 'Unknown', 'Available')])).toEqual([undefined]);
  });

  it('numbers transitions without gaps, and gives them oldest first, page by page', async () => {
    await store.commit([register('a')]);
    await store.commit([decide('a', 'Unknown', 'Available'), decide('a', 'Unknown', 'Unavailable')]);
    await store
      .commit([decide('a', 'Available', 'Unavailable'), register('b', 1, 'id-a')])
      .catch(() => undefined);
    await store.commit([decide('a', 'Available', 'Unavailable'), decide('a', 'Unavailable', 'Available')]);
    const sequences = async (since: number, limit: number): Promise<number[]> =>
      (await store.transitions(since, limit)).map(({ sequence }) => sequence);
    expect(await sequences(0, 10)).toEqual([1, 2, 3]);
    expect(await sequences(0, 2)).toEqual([1, 2]);
    expect(await sequences(2, 2)).toEqual([3]);
    expect((await store.load()).lastSequence).toBe(3);
  });

  it('keeps all changes of a commit, or none', async () => {
    await store.commit([register('a')]);
    const taken = [register('b'), decide('a', 'Unknown', 'Available'), register('c', 1, 'id-a')];
    await expect(store.commit(taken)).rejects.toThrow(/UNIQUE/);
    const { providers, lastSequence } = await store.load();
    expect(providers).toMatchObject([{ registration: { name: 'a' }, availability: 'Unknown' }]);
    expect(lastSequence).toBe(0);
    await store.commit([register('b')]);
    expect((await store.load()).providers).toHaveLength(2);
  });

  it('ends the history of a provider that is removed, from the state it was in', async () => {
    await store.commit([register('a'), decide('a', 'Unknown', 'Available')]);
    const removal = { kind: 'remove', name: 'a', transition: transition('a', 'Unknown', 'Removed') } as const;
    expect(await store.commit([removal])).toMatchObject([{ from: 'Available', to: 'Removed', sequence: 2 }]);
    expect(await store.commit([removal])).toEqual([undefined]);
    expect((await store.load()).providers).toEqual([]);
    await store.commit([register('a')]);
    expect((await store.load()).providers).toMatchObject([{ availability: 'Unknown', lastSequence: 0 }]);
  });

  it('passes over reports of a provider that is gone', async () => {
    await store.commit([{ kind: 'reports', reports: [{ name: 'nobody', ...REPORT }] }]);
    expect((await store.load()).providers).toEqual([]);
  });

  it('refuses a second control plane on the same file, in words for a person', async () => {
    const error: unknown = await opened().catch((reason: unknown) => reason);
    expect(describeBootFailure(error)).toContain('in use by another process');
  });

  it('survives whatever a text holds', async () => {
    const name = `a'; DROP TABLE providers; -- "\u0000😀`.replace('\u0000', '');
    await store.commit([register(name), { kind: 'reports', reports: [{ name, ...REPORT }] }]);
    expect((await store.load()).providers).toMatchObject([{ registration: { name }, report: REPORT }]);
  });
});
