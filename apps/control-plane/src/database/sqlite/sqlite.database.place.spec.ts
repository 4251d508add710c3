import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { decide, loaded, register, registerAs, TestDatabase } from '../../../test/sqlite-fixture.js';
import { sqliteOptions } from './data-source.js';
import { DatabaseFile } from './database.file.js';
import { prepareDatabasePath } from './database.path.js';

const outer = mkdtempSync(join(tmpdir(), 'vitals-place-'));
const folder = join(outer, 'data');
const path = join(folder, 'vitals.db');
const elsewhere = join(outer, 'elsewhere.db');
const opened: DataSource[] = [];
let database: TestDatabase;

async function open(): Promise<TestDatabase> {
  await prepareDatabasePath(path);
  const file = new DatabaseFile(path);
  const source = await new DataSource(sqliteOptions(path, file)).initialize();
  opened.push(source);
  return new TestDatabase(source, file);
}

beforeEach(async () => {
  mkdirSync(folder);
  database = await open();
  await database.commit([register('a')]);
});

afterEach(async () => {
  for (const source of opened.splice(0)) await source.destroy();
  rmSync(folder, { recursive: true, force: true });
  rmSync(elsewhere, { force: true });
});

afterAll(() => rmSync(outer, { recursive: true }));

const idsOf = async (of: TestDatabase): Promise<string[]> => (await loaded(of)).providers.map(({ id }) => id);

const AWAY: readonly (readonly [what: string, take: () => void])[] = [
  ['deleted', () => rmSync(path)],
  ['renamed', () => renameSync(path, elsewhere)],
  [
    'replaced by a copy of itself',
    () => {
      copyFileSync(path, elsewhere);
      renameSync(elsewhere, path);
    },
  ],
  ['deleted with its folder', () => rmSync(folder, { recursive: true })],
  ['hidden by another folder', () => (renameSync(folder, `${outer}/moved`), mkdirSync(folder))],
  ['truncated', () => truncateSync(path, 0)],
  ['shortened', () => truncateSync(path, statSync(path).size - 4_096)],
  ['overwritten in its place', () => writeFileSync(path, 'x'.repeat(200_000))],
];

describe('SqliteDatabase whose file was', () => {
  afterEach(() => rmSync(`${outer}/moved`, { recursive: true, force: true }));

  it.each(AWAY)('%s acknowledges nothing any more, and says what to do', async (_what, take) => {
    expect(database.fault()).toBeUndefined();
    take();
    await expect(database.commit([register('b')])).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringMatching(/restore a backup|[Pp]ut .*back/),
    });
    expect(database.fault()).toContain(path);
  });

  it('put back keeps what it is told from then on, under numbers without a gap', async () => {
    await database.commit([decide('a', 'Unknown', 'Available')]);
    renameSync(path, elsewhere);
    await expect(database.commit([decide('a', 'Available', 'Unavailable')])).rejects.toThrow('is gone');
    renameSync(elsewhere, path);
    expect(database.fault()).toBeUndefined();
    expect(await database.commit([decide('a', 'Available', 'Unavailable')])).toMatchObject([
      [{ sequence: 2 }],
    ]);
    expect(await idsOf(database)).toEqual(['id-a']);
  });

  it('overwritten is not written to again, even if it has its length again', async () => {
    const { size } = statSync(path);
    truncateSync(path, 0);
    expect(database.fault()).toContain('another program changed');
    truncateSync(path, size);
    await expect(database.commit([register('b')])).rejects.toMatchObject({ code: 'store-unavailable' });
  });

  it('replaced leaves the files of its successor alone when it is closed', async () => {
    for (const suffix of ['', '-wal']) rmSync(path + suffix);
    const successor = await open();
    await successor.commit([register('b')]);
    await expect(database.commit([register('c')])).rejects.toMatchObject({ code: 'store-unavailable' });
    await opened.shift()?.destroy();
    expect(existsSync(`${path}-wal`)).toBe(true);
    await successor.commit([register('d')]);
    expect(await idsOf(successor)).toEqual(['id-b', 'id-d']);
  });
});

describe('SqliteDatabase whose WAL was', () => {
  it('deleted writes what it held into the file, and begins a new one', async () => {
    rmSync(`${path}-wal`);
    await database.commit([register('b')]);
    expect(database.fault()).toBeUndefined();
    // what power loss would leave
    for (const suffix of ['', '-wal']) copyFileSync(path + suffix, elsewhere + suffix);
    const copy = await new DataSource(sqliteOptions(elsewhere)).initialize();
    opened.push(copy);
    expect(await idsOf(new TestDatabase(copy))).toEqual(['id-a', 'id-b']);
    rmSync(`${elsewhere}-wal`, { force: true });
  });

  it.each([
    ['truncated', () => truncateSync(`${path}-wal`, 0)],
    [
      'replaced',
      () => {
        copyFileSync(`${path}-wal`, elsewhere);
        renameSync(elsewhere, `${path}-wal`);
      },
    ],
  ])('%s acknowledges nothing any more', async (_what, take) => {
    take();
    await expect(database.commit([register('b')])).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(database.fault()).toContain(`${path}-wal`);
  });
});

describe('SqliteDatabase whose file this process itself made shorter', () => {
  it.each(['VACUUM', 'PRAGMA wal_checkpoint(TRUNCATE)', 'pragma  wal_checkpoint'])(
    'by %s goes on',
    async (statement) => {
      for (let key = 10; key < 60; key++) await database.commit([registerAs(key, `p${key}`)]);
      const lengths = (): number[] => ['', '-wal'].map((suffix) => statSync(path + suffix).size);
      const before = lengths();
      for (let repeated = 0; repeated < 2; repeated++) {
        await database.betweenCommits(() => (opened[0] as DataSource).query(statement));
      }
      expect(lengths()).not.toEqual(before);
      expect(database.fault()).toBeUndefined();
      expect(await database.commit([register('b')])).toEqual([[]]);
    },
  );

  it('is not made shorter once another program wrote into it', async () => {
    truncateSync(path, 0);
    const vacuum = database.betweenCommits(() => (opened[0] as DataSource).query('VACUUM'));
    await expect(vacuum).rejects.toMatchObject({ driverError: { code: 'store-unavailable' } });
    expect(statSync(path).size).toBe(0);
  });

  it('says of a checkpoint that is refused what is wrong, as of any write', async () => {
    truncateSync(path, 0);
    await expect(database.checkpoint()).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringMatching(/^another program changed .*restore a backup/),
    });
  });
});

describe('SqliteDatabase that is closed', () => {
  it('leaves the file alone as the whole database, and nothing beside it', async () => {
    for (let index = 0; index < 20; index++) await database.commit([register('a', index + 1)]);
    await opened.shift()?.destroy();
    expect(['-wal', '-shm', '-journal'].filter((suffix) => existsSync(path + suffix))).toEqual([]);
    copyFileSync(path, elsewhere);
    const copy = await new DataSource(sqliteOptions(elsewhere)).initialize();
    opened.push(copy);
    expect((await loaded(new TestDatabase(copy))).providers).toMatchObject([{ id: 'id-a', generation: 20 }]);
  });

  it('is known for a copy without its WAL if it was copied before', async () => {
    copyFileSync(path, elsewhere);
    await expect(prepareDatabasePath(elsewhere)).rejects.toThrow('-wal is missing');
  });
});
