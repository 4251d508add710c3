import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { prepareDatabasePath } from '../database/sqlite/database.path.js';
import { checkConfig } from './check-config.js';

const folder = mkdtempSync(join(tmpdir(), 'vitals-config-'));
const at = (name: string): string => join(folder, name);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function check(env: Record<string, string>): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const code = await checkConfig(
    {
      env,
      stdout: { write: (text) => (written.out += text) },
      stderr: { write: (text) => (written.err += text) },
    },
    '1.2.3',
  );
  return { code, ...written };
}

/** What is said of a setting. */
function lineOf(out: string, name: string): string | undefined {
  return new RegExp(`^  ${name} +(.*)$`, 'm').exec(out)?.[1];
}

describe('The check of a configuration', () => {
  it('shows every setting with its value, and which are defaults', async () => {
    const { code, out, err } = await check({ PORT: '8080', DATABASE_URL: `sqlite:${at('vitals.db')}` });
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^vitals 1\.2\.3 would start with\n/);
    expect(lineOf(out, 'PORT')).toBe('8080');
    expect(lineOf(out, 'HOST')).toBe('127.0.0.1 (default)');
    expect(lineOf(out, 'VITALS_MISSED_BEATS')).toBe('3 (default)');
    expect(lineOf(out, 'DATABASE_URL')).toBe(`sqlite:${at('vitals.db')}, a new one`);
    expect(lineOf(out, 'VITALS_BACKUP_DIR')).toBe(`${at('backups')} (default)`);
    expect(lineOf(out, 'VITALS_ADMIN_TOKEN')).toBe('(not set)');
    expect(lineOf(out, 'VITALS_CHECK_ALLOW_CIDRS')).toMatch(/^127\.0\.0\.0\/8,.* \(default\)$/);
  });

  it('counts what the file of declarations holds', async () => {
    writeFileSync(at('some.yaml'), 'checks:\n  - { id: a, type: ttl, interval: 5s }\n');
    const file = await check({ DATABASE_URL: 'sqlite::memory:', VITALS_DECLARATIONS: at('some.yaml') });
    expect(file.err).toBe('');
    expect(lineOf(file.out, 'VITALS_DECLARATIONS')).toBe(
      `${at('some.yaml')}: 1 check, 0 providers, 0 acknowledged mass failures`,
    );
  });

  it('creates neither file nor folder, and leaves modes as they are', async () => {
    mkdirSync(at('still'));
    await prepareDatabasePath(at('still/there.db'));
    chmodSync(at('still/there.db'), 0o644);
    const before = statSync(at('still/there.db'));
    expect((await check({ DATABASE_URL: `sqlite:${at('still/there.db')}` })).code).toBe(0);
    const { mode, mtimeMs } = statSync(at('still/there.db'));
    expect([mode, mtimeMs]).toEqual([before.mode, before.mtimeMs]);
    expect((await check({ DATABASE_URL: `sqlite:${at('still/new.db')}` })).code).toBe(0);
    expect(readdirSync(at('still'))).toEqual(['there.db']);
    expect(existsSync(at('still/backups'))).toBe(false);
  });

  it('says everything that is wrong in one message', async () => {
    writeFileSync(at('wrong.yaml'), 'checks:\n  - { id: a, intervall: 5s }\nnodes: []\n');
    const { code, out, err } = await check({
      PORT: '80.5',
      LOG_LEVEL: 'loud',
      DATABASE_URL: `sqlite:${at('missing/vitals.db')}`,
      VITALS_BACKUP_DIR: at('nowhere'),
      VITALS_DECLARATIONS: at('wrong.yaml'),
    });
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^vitals: 5 things are wrong:\n/);
    expect(err).toMatch(/^ {2}PORT: /m);
    expect(err).toMatch(/^ {2}LOG_LEVEL: /m);
    expect(err).toMatch(/^ {2}DATABASE_URL: the database .* the folder .*missing does not exist/m);
    expect(err).toMatch(/^ {2}VITALS_BACKUP_DIR: the folder .*nowhere does not exist/m);
    expect(err).toMatch(/wrong\.yaml:3:\d+: \/nodes: is not known here/);
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ['is a folder', (path) => mkdirSync(path), /it is not a file/],
    ['is empty', (path) => writeFileSync(path, ''), /it is empty \(0 bytes\)/],
    ['is text', (path) => writeFileSync(path, 'text'.repeat(100)), /it is not an SQLite database/],
    [
      'is a link to nothing',
      (path) => symlinkSync(at('nothing'), path),
      /a link to a file that does not exist/,
    ],
    ['has left only its WAL', (path) => writeFileSync(`${path}-wal`, 'x'), /its database file is missing/],
  ])('refuses a database that %s', async (what, make, reason) => {
    const path = at(`${what.replaceAll(' ', '-')}.db`);
    make(path);
    const { code, err } = await check({ DATABASE_URL: `sqlite:${path}` });
    expect(code).toBe(1);
    expect(err).toMatch(/^vitals: One thing is wrong:\n {2}DATABASE_URL: /);
    expect(err).toMatch(reason);
  });

  it('never shows a secret, right or wrong', async () => {
    const secret = fc.stringMatching(/^[g-z]{40}$/);
    await fc.assert(
      fc.asyncProperty(secret, secret, secret, secret, fc.boolean(), async (a, b, c, d, isWrong) => {
        fc.pre(new Set([a, b, c, d]).size === 4);
        const { code, out, err } = await check({
          DATABASE_URL: 'sqlite::memory:',
          VITALS_ADMIN_TOKEN: isWrong ? `${a} ${a}` : a,
          VITALS_REGISTRATION_TOKEN: isWrong ? `${b} ${b}` : b,
          VITALS_SECRET_KEY: isWrong ? c.slice(0, 31) : c,
          VITALS_CHECK_SECRET_SHOP: d,
        });
        expect(code).toBe(isWrong ? 1 : 0);
        for (const text of [a, b, c.slice(0, 31), d]) expect(out + err).not.toContain(text);
        if (!isWrong) expect(lineOf(out, 'VITALS_CHECK_SECRET_SHOP')).toBe('(set, not shown)');
      }),
      { numRuns: 50 },
    );
  });
});
