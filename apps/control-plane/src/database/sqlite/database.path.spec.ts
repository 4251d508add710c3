import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HEADER, prepareDatabasePath } from './database.path.js';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitals-'));
  file = join(folder, 'vitals.db');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (path: string): number => statSync(path).mode & 0o777;

/** Makes the file a database that says of itself what a control plane leaves in it. */
function leave(version: 'wal' | 'rollback', state: number, at = file): void {
  const page = Buffer.alloc(4_096);
  page.write('SQLite format 3\0', 'latin1');
  page[HEADER.writeVersion] = page[HEADER.readVersion] = HEADER[version];
  page.writeUInt32BE(state, HEADER.userVersion);
  writeFileSync(at, page);
}

describe('prepareDatabasePath', () => {
  it('begins a database where there is none, for its owner alone whatever the umask', async () => {
    for (const umask of [0o000, 0o277]) {
      const before = process.umask(umask);
      await prepareDatabasePath(file).finally(() => process.umask(before));
      expect([modeOf(file), readFileSync(file).length]).toEqual([0o600, 4_096]);
      expect(existsSync(`${file}.new`)).toBe(false);
      rmSync(file);
    }
  });

  it('begins anew what a start that was killed had begun', async () => {
    writeFileSync(`${file}.new`, 'half');
    await prepareDatabasePath(file);
    expect([existsSync(`${file}.new`), readFileSync(file).length]).toEqual([false, 4_096]);
  });

  it('makes no folder but that of the default path, and says how to', async () => {
    const missing = join(folder, 'a', 'b', 'vitals.db');
    await expect(prepareDatabasePath(missing)).rejects.toMatchObject({
      code: 'settings-invalid',
      message: expect.stringMatching(/^DATABASE_URL: .*the folder .* does not exist.*mkdir -p .*\/a\/b$/),
    });
    expect(existsSync(join(folder, 'a'))).toBe(false);
    const before = process.cwd();
    process.chdir(folder);
    try {
      await prepareDatabasePath('./data/vitals.db');
      expect(existsSync(join(folder, 'data', 'vitals.db'))).toBe(true);
    } finally {
      process.chdir(before);
    }
  });

  it('narrows the mode of a file, and of its WAL, that others could read', async () => {
    leave('wal', 1);
    writeFileSync(`${file}-wal`, '');
    for (const name of [file, `${file}-wal`]) chmodSync(name, 0o644);
    await prepareDatabasePath(file);
    expect([modeOf(file), modeOf(`${file}-wal`)]).toEqual([0o600, 0o600]);
  });

  it('needs no file for a database in memory', async () => {
    await expect(prepareDatabasePath(':memory:')).resolves.toBeUndefined();
  });

  it('refuses a folder in the place of the file', async () => {
    mkdirSync(file);
    await expect(prepareDatabasePath(file)).rejects.toThrow('it is not a file');
  });

  it('refuses a link to nothing, in the place of which a file would be created', async () => {
    symlinkSync(join(folder, 'elsewhere.db'), file);
    await expect(prepareDatabasePath(file)).rejects.toThrow('a link to a file that does not exist');
  });

  it('looks at the WAL beside what a link leads to', async () => {
    leave('wal', 1);
    const link = join(folder, 'link.db');
    symlinkSync(file, link);
    writeFileSync(`${link}-wal`, '');
    await expect(prepareDatabasePath(link)).rejects.toThrow(`its ${file}-wal is missing`);
  });

  it.each([
    ['file', 'vitals.db'],
    ['file', 'deeper', 'vitals.db'],
  ])('refuses a file in the place of a folder', async (...path) => {
    writeFileSync(join(folder, 'file'), '');
    await expect(prepareDatabasePath(join(folder, ...path))).rejects.toThrow(
      /^DATABASE_URL: .* cannot be opened/,
    );
  });

  it('creates no folder for a path other than the default, and names setting and path', async () => {
    await expect(prepareDatabasePath(join(folder, 'vitals', 'data', 'vitals.db'))).rejects.toMatchObject({
      code: 'settings-invalid',
      message: expect.stringContaining(
        `DATABASE_URL: the database ${join(folder, 'vitals', 'data', 'vitals.db')}`,
      ),
    });
  });

  it.each<[what: string, version: 'wal' | 'rollback', state: number, wal: string | undefined]>([
    ['closed in order', 'rollback', 2, undefined],
    ['closed in order, down to an empty WAL', 'rollback', 2, ''],
    ['closed in order by a start that was killed before it wrote', 'wal', 2, undefined],
    ['in use when the control plane died', 'wal', 1, 'frames'],
    ['in use, and accepted as it is', 'wal', 1, ''],
    ['of a version that says nothing of it', 'wal', 0, undefined],
    ['a backup', 'rollback', 1, undefined],
  ])('accepts a database that was %s', async (_what, version, state, wal) => {
    leave(version, state);
    if (wal !== undefined) writeFileSync(`${file}-wal`, wal);
    await expect(prepareDatabasePath(file)).resolves.toBeUndefined();
  });

  // a fault is looked at again after a second: all at once
  it.concurrent.each<[what: string, make: (at: string) => void, says: RegExp]>([
    [
      'a WAL without its file',
      (at) => writeFileSync(`${at}-wal`, 'x'),
      /-wal is there without .*restore a backup/,
    ],
    ['a journal without its file', (at) => writeFileSync(`${at}-journal`, 'x'), /-journal is there without/],
    ['an empty file', (at) => writeFileSync(at, ''), /0 bytes.*[Rr]estore a backup, or remove/],
    [
      'an empty file beside a WAL',
      (at) => ['', '-wal'].forEach((suffix) => writeFileSync(at + suffix, suffix)),
      /0 bytes.*remove .*vitals\.db and .*vitals\.db-wal/,
    ],
    ['a copy without its WAL', (at) => leave('wal', 1, at), /its .*-wal is missing.*create an empty/],
    [
      'a backup beside the WAL of what it replaces',
      (at) => (leave('rollback', 2, at), writeFileSync(`${at}-wal`, 'x')),
      /does not belong to it.*Remove .*-wal/,
    ],
    ['a text', (at) => writeFileSync(at, 'hello '.repeat(100)), /not an SQLite database/],
    ['a file that was cut off', (at) => writeFileSync(at, 'SQLite format 3\0'), /not an SQLite database/],
  ])('refuses %s, names the ways out, and changes nothing', async (_what, make, says) => {
    const own = mkdtempSync(join(tmpdir(), 'vitals-'));
    const path = join(own, 'vitals.db');
    make(path);
    const held = (): unknown[] =>
      [path, `${path}-wal`].map((name) => existsSync(name) && readFileSync(name, 'latin1'));
    const before = held();
    await expect(prepareDatabasePath(path)).rejects.toThrow(says);
    expect(held()).toEqual(before);
    rmSync(own, { recursive: true });
  });
});
