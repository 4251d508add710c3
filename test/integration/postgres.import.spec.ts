import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite from 'libsql';
import { importCommand } from '../../apps/control-plane/src/cli/import.command.js';
import { OWN_TABLES } from '../../apps/control-plane/src/database/postgres/sqlite.import.js';
import { TestControlPlane } from '../support/control-plane.js';
import { PostgresFixture } from './postgres.fixture.js';
import { startPostgres } from './services/postgres.js';
import { describeWith, provideService } from './services/provide-service.js';
import type { Service } from './services/service.js';

/** A database with something of everything, made by an earlier version. */
const FLEET = 'apps/control-plane/test/upgrade/services-and-checks.sql';

/** What a control plane answers of what it keeps; the times of this moment left out. */
const PATHS = [
  '/providers',
  '/providers?limit=1',
  '/reservations',
  '/tokens',
  '/services',
  '/checks',
  '/transitions?since=0',
  '/mass-failures',
];

const service = await provideService('PostgreSQL', startPostgres);

describeWith(service)('vitals import', () => {
  const fixture = new PostgresFixture(service as Service);
  const folder = mkdtempSync(join(tmpdir(), 'vitals-import-'));
  const path = join(folder, 'vitals.db');
  let said: string;

  const run = async (url: string | undefined, ...args: string[]): Promise<number> => {
    said = '';
    const write = (text: string): unknown => (said += text);
    const env = url === undefined ? {} : { DATABASE_URL: url };
    return importCommand(args, { env, stdout: { write }, stderr: { write } });
  };

  beforeEach(() => {
    rmSync(path, { force: true });
    const connection = new sqlite(path);
    connection.exec('PRAGMA journal_mode = WAL');
    connection.exec(readFileSync(FLEET, 'utf8'));
    connection.close();
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const answersOf = async (url: string): Promise<unknown[]> => {
    const plane = await TestControlPlane.start({ DATABASE_URL: url });
    try {
      const answers = [];
      for (const at of PATHS) {
        const { status, body } = await plane.send('GET', at);
        answers.push([
          at,
          status,
          JSON.parse(JSON.stringify(body, (key, value) => (isMoving(key) ? 0 : value))),
        ]);
      }
      return answers;
    } finally {
      await plane.stop();
    }
  };

  it('takes the whole fleet along: what was answered before is answered after it', async () => {
    const url = await fixture.url();
    expect(await run(url, path)).toBe(0);
    expect(said).toMatch(/vitals\.db is imported into postgres:\S+: \d+ providers, \d+ services, \d+ checks/);
    expect(await answersOf(url)).toEqual(await answersOf(`sqlite:${path}`));
  });

  it('goes on with the numbers of the file', async () => {
    const url = await fixture.url();
    await run(url, path);
    const [before] = await fixture.ask('SELECT max(sequence) AS last FROM transitions', url);
    const plane = await TestControlPlane.start({ DATABASE_URL: url });
    await plane.register('one-more');
    await plane.stop();
    const counters = await fixture.ask('SELECT name, last FROM counters ORDER BY name', url);
    expect(counters[1]).toEqual({ name: 'transitions', last: before?.['last'] });
  });

  it('copies nothing into a database that is not empty', async () => {
    const url = await fixture.url();
    await run(url, path);
    expect(await run(url, path)).toBe(1);
    expect(said).toContain('the database is not empty: there are rows in');
  });

  it('copies nothing of a file that a control plane uses, or into one', async () => {
    const url = await fixture.url();
    const plane = await TestControlPlane.start({ DATABASE_URL: `sqlite:${path}` });
    expect(await run(url, path)).toBe(1);
    await plane.stop();
    expect(said).toContain('a control plane uses');
    const other = await TestControlPlane.start({ DATABASE_URL: url });
    expect(await run(url, path)).toBe(1);
    await other.stop();
    expect(said).toContain('in use by another control plane');
  });

  it.each([
    ['no file', [], /name one file/],
    ['a file that is not there', ['/nowhere.db'], /there is no database at \/nowhere\.db/],
    ['a file that is no database', ['package.json'], /it is not an SQLite database/],
  ])('refuses %s', async (_what, args, text) => {
    expect(await run('postgres://u@127.0.0.1:1/v', ...args)).toBe(1);
    expect(said).toMatch(text);
  });

  it('needs to be told where to', async () => {
    expect(await run(undefined, path)).toBe(1);
    expect(said).toContain('DATABASE_URL: name the database that it is imported into');
  });

  it('finds the same tables and columns in both', async () => {
    const url = await fixture.url();
    await run(url, path);
    const columns = await fixture.ask(
      `SELECT table_name AS of, column_name AS name FROM information_schema.columns WHERE table_schema = 'public'`,
      url,
    );
    const connection = new sqlite(path);
    const inFile = connection
      .prepare(
        `SELECT m.name AS of, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'`,
      )
      .all() as { of: string; name: string }[];
    connection.close();
    const sorted = (all: readonly Record<string, unknown>[]): string[] =>
      all
        .filter(({ of }) => !OWN_TABLES.includes(String(of)))
        .map(({ of, name }) => `${String(of)}.${String(name)}`)
        .toSorted();
    expect(sorted(columns)).toEqual(sorted(inFile));
  });
});

/** What depends on when it is asked. */
function isMoving(key: string): boolean {
  return /_in|age|left|deadline|expires|message|status|since|latency|consecutive|stale/.test(key);
}
