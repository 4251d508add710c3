import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite from 'libsql';
import { DataSource } from 'typeorm';
import { TestControlPlane } from '../../../../../../test/support/control-plane.js';
import { loaded, TestDatabase } from '../../../../test/sqlite-fixture.js';
import { readChecks } from '../../../checks/check.applier.js';
import { UPTIME } from '../../../checks/check.rows.js';
import { instanceOf, SERVICES } from '../../../services/service.rows.js';
import { sqliteOptions } from '../data-source.js';
import { prepareDatabasePath } from '../database.path.js';

/** Made by `apps/control-plane/test/upgrade/make-fixture.js`, of the version whose last migration has that name. */
const FIXTURE = 'apps/control-plane/test/upgrade/services-and-checks';

/** What that version itself read of its database, and the tokens that it gave out. */
interface Expected {
  readonly tokens: Readonly<Record<string, string>>;
  readonly state: object;
  readonly providers: readonly { readonly toldMs: number }[];
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
    const source = await new DataSource(sqliteOptions(path)).initialize();
    try {
      const database = new TestDatabase(source);
      const { providers, ...state } = await loaded(database);
      expect(expected.providers.length).toBeGreaterThan(3);
      expect(providers).toHaveLength(expected.providers.length);
      const told = expected.providers.map(({ toldMs, ...one }) => ({ ...one, advertisedMs: toldMs }));
      expect({ providers, state }).toMatchObject({ providers: told, state: expected.state });
      expect(await database.transitions(0, 1_000)).toEqual(expected.transitions);
      const services = (await all(database.pages(SERVICES, 'key', 100))).map(instanceOf);
      const records = await all(readChecks(database));
      expect([services.length, records.length]).toEqual([expected.services.length, expected.checks.length]);
      expect({ services, records }).toMatchObject({ services: expected.services, records: expected.checks });
      for (const { check } of expected.checks) {
        const where = { key: check.key, width: 'minute' } as const;
        const members = ['startMs', 'up', 'warning', 'down', 'durationMs'] as const;
        const buckets = await database.select(UPTIME, { members, where, orderBy: ['startMs'] });
        expect(buckets).toEqual(expected.uptime[check.key]);
      }
    } finally {
      await source.destroy();
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
