import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync as readBytes,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@vitals/core/time';
import { DataSource } from 'typeorm';
import { decide, loaded, register, registerAs, TestDatabase } from '../../../test/sqlite-fixture.js';
import { backUpClosed } from './backup.file.js';
import { connectionOf } from './connection.js';
import { sqliteOptions } from './data-source.js';
import { DatabaseFile } from './database.file.js';
import { prepareDatabasePath } from './database.path.js';
import { SqliteBackup } from './sqlite.backup.js';

const opened: DataSource[] = [];
const never = new AbortController().signal;
let outer: string;
let path: string;
let target: string;
let source: DataSource;
let database: TestDatabase;
let backup: SqliteBackup;

beforeEach(async () => {
  outer = mkdtempSync(join(tmpdir(), 'vitals-backup-'));
  for (const name of ['data', 'backups']) mkdirSync(join(outer, name));
  path = join(outer, 'data', 'vitals.db');
  target = join(outer, 'backups', 'b.db');
  await prepareDatabasePath(path);
  const file = new DatabaseFile(path);
  source = await new DataSource(sqliteOptions(path, file)).initialize();
  opened.push(source);
  database = new TestDatabase(source, file);
  await database.commit([register('a'), decide('a', 'Unknown', 'Available')]);
  backup = new SqliteBackup(source, database, file, new ManualClock());
});

afterEach(async () => {
  for (const one of opened.splice(0)) await one.destroy();
  rmSync(outer, { recursive: true, force: true });
});

/** What a control plane finds that is started on a backup. */
async function restored(from = target): Promise<TestDatabase> {
  await prepareDatabasePath(from);
  const copy = await new DataSource(sqliteOptions(from)).initialize();
  opened.push(copy);
  return new TestDatabase(copy);
}

const namesIn = async (of: TestDatabase): Promise<string[]> =>
  (await loaded(of)).providers.map(({ registration: { name } }) => name);

/** Registers one provider after the other until it is told to stop; what was acknowledged, with its number. */
function keepWriting(): { acknowledged: string[]; end(): Promise<void> } {
  const acknowledged: string[] = [];
  let going = true;
  const writing = (async (): Promise<void> => {
    for (let key = 100; going; key++) {
      await database.commit([registerAs(key, `p${key}`)]);
      acknowledged.push(`p${key}`);
      await new Promise(setImmediate);
    }
  })();
  return {
    acknowledged,
    end: async () => {
      going = false;
      await writing;
    },
  };
}

describe('SqliteBackup', () => {
  it('writes what was acknowledged before it began, as it was at one moment, while writes go on', async () => {
    for (let key = 2_000; key < 4_000; key += 500) {
      await database.commit(
        Array.from({ length: 500 }, (_, index) => registerAs(key + index, `q${key + index}`)),
      );
    }
    const writer = keepWriting();
    while (writer.acknowledged.length < 3) await new Promise(setImmediate);
    const before = [...writer.acknowledged];
    const content = await backup.write(target, never);
    const after = writer.acknowledged.length;
    await writer.end();
    expect(after).toBeGreaterThan(before.length);
    expect(content).toMatchObject({ bytes: statSync(target).size, services: 0, checks: 0, sequence: 1 });
    const copy = await restored();
    const names = await namesIn(copy);
    expect(names).toHaveLength(content.providers);
    const kept = writer.acknowledged.slice(0, names.length - 2_001);
    expect(names.filter((name) => name.startsWith('p')).toSorted()).toEqual(kept.toSorted());
    expect(kept).toEqual(expect.arrayContaining(before));
    expect(await copy.transitions(0, 10)).toMatchObject([{ sequence: 1, subject: 'a' }]);
    const restoredDatabase = opened.at(-1) as DataSource;
    expect(await restoredDatabase.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  it('is readable by its owner alone, and nothing lies beside it', async () => {
    const umask = process.umask(0);
    await backup.write(target, never).finally(() => process.umask(umask));
    expect([statSync(target).mode & 0o777, readdirSync(join(outer, 'backups'))]).toEqual([0o600, ['b.db']]);
  });

  it('lets the WAL be written back again afterwards, whether it succeeded or not', async () => {
    await backup.write(target, never);
    await expect(backup.write(target, never)).rejects.toMatchObject({ code: 'backup-conflict' });
    expect(connectionOf(source).pragma('wal_autocheckpoint')).toMatchObject([{ wal_autocheckpoint: 4_000 }]);
  });

  it('replaces nothing', async () => {
    writeFileSync(target, 'precious');
    await expect(backup.write(target, never)).rejects.toMatchObject({ code: 'backup-conflict' });
    expect([statSync(target).size, readdirSync(join(outer, 'backups'))]).toEqual([8, ['b.db']]);
  });

  it('leaves nothing behind when it is aborted', async () => {
    await expect(backup.write(target, AbortSignal.abort())).rejects.toMatchObject({ code: 'backup-failed' });
    expect(readdirSync(join(outer, 'backups'))).toEqual([]);
  });

  it('says that a folder is missing, and the way out', async () => {
    const nowhere = join(outer, 'nowhere', 'b.db');
    await expect(backup.write(nowhere, never)).rejects.toMatchObject({
      code: 'backup-failed',
      message: `the folder ${join(outer, 'nowhere')} does not exist; create it (mkdir -p ${join(outer, 'nowhere')}), or name another one`,
    });
  });

  it('is refused if the file was written back meanwhile', async () => {
    const commit = database.betweenCommits.bind(database);
    database.betweenCommits = async (run) => {
      const frozen = await commit(run);
      await source.query('VACUUM');
      await source.query('PRAGMA wal_checkpoint(TRUNCATE)');
      return frozen;
    };
    await expect(backup.write(target, never)).rejects.toThrow('written to meanwhile');
    expect(readdirSync(join(outer, 'backups'))).toEqual([]);
  });

  it.each<[what: string, take: () => void]>([
    ['deleted', () => ['', '-wal'].forEach((suffix) => rmSync(path + suffix))],
    ['renamed', () => renameSync(path, join(outer, 'elsewhere.db'))],
    ['deleted with its folder', () => rmSync(join(outer, 'data'), { recursive: true })],
  ])('saves what is still open of a file that was %s', async (_what, take) => {
    take();
    await expect(database.commit([register('b')])).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(await backup.write(target, never)).toMatchObject({ providers: 1, sequence: 1 });
    expect(await namesIn(await restored())).toEqual(['a']);
  });

  it('is refused of a database in memory', async () => {
    const file = new DatabaseFile(':memory:');
    const inMemory = new SqliteBackup(source, database, file, new ManualClock());
    await expect(inMemory.write(target, never)).rejects.toMatchObject({ code: 'backup-conflict' });
  });
});

describe('backUpClosed', () => {
  it('writes what is in the file and in its WAL', async () => {
    // what power loss leaves
    const left = join(outer, 'data', 'left.db');
    for (const suffix of ['', '-wal']) writeFileSync(left + suffix, readBytes(path + suffix));
    expect(await backUpClosed(left, target, 7)).toMatchObject({ providers: 1, sequence: 1, atMs: 7 });
    expect(statSync(target).mode & 0o777).toBe(0o600);
    expect(await namesIn(await restored())).toEqual(['a']);
    await prepareDatabasePath(left);
    expect(await namesIn(await restored(left))).toEqual(['a']);
  });

  it.each<[what: string, make: () => string, says: RegExp]>([
    ['there is no database', () => join(outer, 'data', 'none.db'), /there is no database/],
    [
      'its WAL is missing',
      () => (writeFileSync(`${path}.copy`, readBytes(path)), `${path}.copy`),
      /-wal is missing/,
    ],
  ])('says that %s, and leaves nothing behind', async (_what, make, says) => {
    await expect(backUpClosed(make(), target, 0)).rejects.toMatchObject({
      code: 'backup-failed',
      message: expect.stringMatching(says),
    });
    expect(existsSync(target)).toBe(false);
  });
});
