import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite from 'libsql';
import { DataSource } from 'typeorm';
import { TestControlPlane } from '../../../../../test/support/control-plane.js';
import { loaded, SqliteStore } from '../../../test/sqlite-fixture.js';
import { SqliteCheckStore } from '../checks/sqlite.check.store.js';
import { sqliteOptions } from '../sqlite/data-source.js';
import { prepareDatabasePath } from '../sqlite/database.path.js';

/** Made by `apps/control-plane/test/upgrade/make-fixture.js`, of the version whose last migration has that name. */
const FIXTURE = 'apps/control-plane/test/upgrade/services-and-checks';

/** What that version itself read of its database, and the tokens that it gave out. */
interface Expected {
  readonly tokens: Readonly<Record<string, string>>;
  readonly state: object;
  readonly providers: readonly object[];
  readonly transitions: readonly object[];
  readonly services: readonly object[];
  readonly checks: readonly { readonly check: { readonly key: number } }[];
  readonly uptime: Readonly<Record<string, readonly object[]>>;
}

const expected = JSON.parse(readFileSync(`${FIXTURE}.json`, 'utf8')) as Expected;
const folder = mkdtempSync(join(tmpdir(), 'vitals-upgrade-'));
const path = join(folder, 'vitals.db');

beforeEach(() => {
  const connection = new sqlite(path);
  connection.exec('PRAGMA journal_mode = WAL');
  connection.exec(readFileSync(`${FIXTURE}.sql`, 'utf8'));
  connection.close();
});

afterEach(() => {
  for (const suffix of ['', '-wal', '-journal']) rmSync(path + suffix, { force: true });
});

afterAll(() => rmSync(folder, { recursive: true }));

async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}

describe('A database of the version before', () => {
  it('is migrated with everything in it: providers, tokens, reservations, transitions, services, checks, uptime', async () => {
    await prepareDatabasePath(path);
    const database = await new DataSource(sqliteOptions(path)).initialize();
    try {
      const [store, checks] = [new SqliteStore(database), new SqliteCheckStore(database)];
      const { providers, ...state } = await loaded(store);
      expect(expected.providers.length).toBeGreaterThan(3);
      expect(providers).toHaveLength(expected.providers.length);
      expect({ providers, state }).toMatchObject({ providers: expected.providers, state: expected.state });
      expect(await store.transitions(0, 1_000)).toEqual(expected.transitions);
      const [services, records] = [await all(checks.services()), await all(checks.checks())];
      expect([services.length, records.length]).toEqual([expected.services.length, expected.checks.length]);
      expect({ services, records }).toMatchObject({ services: expected.services, records: expected.checks });
      for (const { check } of expected.checks) {
        expect(await checks.uptime(check.key, 'minute', 0, 8e15)).toEqual(expected.uptime[check.key]);
      }
    } finally {
      await database.destroy();
    }
  });

  it('lets everybody go on with the token that they have', async () => {
    const plane = await TestControlPlane.start({
      DATABASE_URL: `sqlite:${path}`,
      VITALS_ADMIN_TOKEN: 'another-administrator',
    });
    const send = async (method: string, at: string, token: string | undefined): Promise<number> => {
      const answer = await fetch(plane.url + at, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(method === 'PUT' && {
          body: JSON.stringify({ timestamp: new Date().toISOString(), phase: 'Ready' }),
        }),
      });
      return answer.status;
    };
    const { tokens } = expected;
    try {
      for (const name of ['vm-1', 'silent', 'p_2-x']) {
        expect(await send('PUT', `/providers/${name}/status`, tokens[name])).toBe(200);
      }
      expect(await send('PUT', '/providers/vm-2/status', tokens['vm-2'])).toBe(200);
      expect(await send('PUT', '/providers/vm-2/status', tokens['vm-2, new'])).toBe(200);
      expect(await send('PUT', '/providers/vm-2/status', tokens['vm-2'])).toBe(401);
      expect(await send('PUT', '/providers/vm-1/status', tokens['gateway'])).toBe(200);
      expect(await send('GET', '/providers', tokens['read-only'])).toBe(200);
      expect(await send('PUT', '/providers/vm-1/status', tokens['read-only'])).toBe(403);
    } finally {
      await plane.stop();
    }
  });
});
