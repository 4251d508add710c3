import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { ManualClock } from '@vitals/core/time';
import { DataSource } from 'typeorm';
import { register, TestDatabase } from '../../test/sqlite-fixture.js';
import { sqliteOptions } from './sqlite/data-source.js';
import { DatabaseFile } from './sqlite/database.file.js';
import { prepareDatabasePath } from './sqlite/database.path.js';
import { DatabaseWatch } from './database.watch.js';

const folder = mkdtempSync(join(tmpdir(), 'vitals-watch-'));
const path = join(folder, 'vitals.db');
const said: string[] = [];
let clock: ManualClock;
let watch: DatabaseWatch;
let database: TestDatabase;
let source: DataSource;

beforeEach(async () => {
  said.length = 0;
  for (const level of ['log', 'warn', 'error'] as const) {
    vi.spyOn(Logger.prototype, level).mockImplementation(
      (text: unknown) => void said.push(`${level}: ${String(text)}`),
    );
  }
  await prepareDatabasePath(path);
  const file = new DatabaseFile(path);
  source = await new DataSource(sqliteOptions(path, file)).initialize();
  database = new TestDatabase(source, file);
  clock = new ManualClock();
  watch = new DatabaseWatch(clock, database);
});

afterEach(async () => {
  watch.stop();
  vi.restoreAllMocks();
  await source.destroy();
  for (const suffix of ['', '-wal']) rmSync(path + suffix, { force: true });
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('DatabaseWatch', () => {
  it('says at boot which file it is, whether it is new, and what it holds', async () => {
    await watch.onApplicationBootstrap();
    expect(said).toEqual([`log: database ${path} (new): 0 providers, 0 services, 0 checks`]);
  });

  it('says once that the file is gone, and once that it is back, though nobody writes', async () => {
    await database.commit([register('a')]);
    await watch.onApplicationBootstrap();
    said.length = 0;
    renameSync(path, `${path}.away`);
    await clock.advance(5_000);
    renameSync(`${path}.away`, path);
    await clock.advance(5_000);
    expect(said).toEqual([
      expect.stringMatching(/^error: nothing is written: .* is gone\. Put it back/),
      `log: the database ${path} is in its place again`,
    ]);
  });

  it('has a WAL that was removed begun anew, though nobody writes', async () => {
    await watch.onApplicationBootstrap();
    rmSync(`${path}-wal`);
    await clock.advance(2_000);
    await database.commit([]);
    expect([existsSync(`${path}-wal`), database.fault()]).toEqual([true, undefined]);
  });

  it('stops', async () => {
    await watch.onApplicationBootstrap();
    watch.stop();
    said.length = 0;
    renameSync(path, `${path}.away`);
    await clock.advance(5_000);
    renameSync(`${path}.away`, path);
    expect(said).toEqual([]);
  });
});
