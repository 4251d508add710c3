import sqlite from 'libsql';
import { DataSource } from 'typeorm';
import { make } from '../../../test/ready-made-check.js';
import { typeOrmCheck } from './typeorm-check.js';

const open = new Set<DataSource>();

afterEach(async () => {
  await Promise.all([...open].filter(({ isInitialized }) => isInitialized).map((source) => source.destroy()));
  open.clear();
});

async function database(): Promise<DataSource> {
  const source = new DataSource({ type: 'better-sqlite3', driver: sqlite, database: ':memory:' });
  open.add(source);
  return source.initialize();
}

/** A data source whose queries are answered by hand, with what is done to its connection. */
function scripted(type: string) {
  const log: string[] = [];
  let fail: (error: Error) => void = () => undefined;
  let begun: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => (begun = resolve));
  const drop = (how: string) => () => {
    log.push(how);
    fail(new Error('Connection terminated'));
  };
  const source = {
    isInitialized: true,
    options: { type },
    createQueryRunner: () => ({
      connect: () => Promise.resolve({ end: drop('end'), destroy: drop('destroy') }),
      query: (text: string) =>
        new Promise<void>((_, reject) => {
          log.push(text);
          fail = reject;
          begun();
        }),
      release: async () => void log.push('release'),
    }),
  };
  return { source, log, asked, fail: (error: Error) => fail(error) };
}

describe('typeOrmCheck', () => {
  it('is UP when the database answers, and tells its sort', async () => {
    expect(await make(typeOrmCheck(), await database()).run()).toMatchObject({
      state: 'UP',
      attributes: { database: 'better-sqlite3' },
    });
  });

  it('asks what it was told to ask, and is DOWN with what the database says', async () => {
    const source = await database();
    expect(await make(typeOrmCheck({ query: 'SELECT 2' }), source).run()).toMatchObject({ state: 'UP' });
    expect(await make(typeOrmCheck({ query: 'SELECT * FROM gone' }), source).run()).toMatchObject({
      state: 'DOWN',
      reason: expect.stringContaining('no such table: gone') as string,
    });
  });

  it('is DOWN when the data source is not open, before and after', async () => {
    const source = await database();
    const check = make(typeOrmCheck(), source);
    await source.destroy();
    expect(await check.run()).toMatchObject({ state: 'DOWN', reason: 'the data source is not initialized' });
  });

  it.each([
    ['postgres', 'SELECT 1'],
    ['oracle', 'SELECT 1 FROM DUAL'],
    ['sap', 'SELECT 1 FROM DUMMY'],
  ])('asks %s for %p, and releases its connection when that fails', async (type, query) => {
    const { source, log, asked, fail } = scripted(type);
    const running = make(typeOrmCheck(), source).run();
    await asked;
    fail(new Error('no'));
    expect(await running).toMatchObject({ state: 'DOWN', reason: 'no' });
    expect(log).toEqual([query, 'release']);
  });

  it.each([
    ['postgres', 'end'],
    ['cockroachdb', 'end'],
    ['mysql', 'destroy'],
    ['mariadb', 'destroy'],
  ])('gives a hung connection of %s up when the signal fires', async (type, how) => {
    const { source, log, asked } = scripted(type);
    const abort = new AbortController();
    const running = make(typeOrmCheck(), source).run(abort.signal);
    await asked;
    abort.abort(new Error('timed out'));
    expect(await running).toMatchObject({ state: 'DOWN', reason: 'Connection terminated' });
    expect(log).toEqual(['SELECT 1', how, 'release']);
  });

  it('leaves a connection alone whose driver shares it', async () => {
    const { source, log, asked, fail } = scripted('better-sqlite3');
    const abort = new AbortController();
    const running = make(typeOrmCheck(), source).run(abort.signal);
    await asked;
    abort.abort(new Error('timed out'));
    expect(log).toEqual(['SELECT 1']);
    fail(new Error('at last'));
    await running;
    expect(log).toEqual(['SELECT 1', 'release']);
  });

  it('asks nothing on a connection that it got after the signal', async () => {
    const { source, log } = scripted('postgres');
    const late = AbortSignal.abort(new Error('late'));
    expect(await make(typeOrmCheck(), source).run(late)).toMatchObject({ state: 'DOWN', reason: 'late' });
    expect(log).toEqual(['release']);
  });
});

describe('settings of typeOrmCheck', () => {
  it('name the data source class unless told otherwise', () => {
    expect(typeOrmCheck().inject).toEqual([DataSource]);
    expect(typeOrmCheck({ dataSource: 'ordersDataSource' }).inject).toEqual(['ordersDataSource']);
  });

  it.each([
    ['a token that is none', { dataSource: {} }, 'typeOrmCheck: dataSource is {}; give the injection token'],
    ['an empty query', { query: ' ' }, 'query is " "; give a query'],
  ])('refuse %s by name', (_what, settings, message) => {
    expect(() => typeOrmCheck(settings as never)).toThrow(
      expect.objectContaining({
        code: 'declaration-invalid',
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  it.each([
    ['what is no data source', {}, 'give the token of a TypeORM data source'],
    [
      'MongoDB, which has no queries',
      scripted('mongodb').source,
      'for MongoDB declare @Health() on a method',
    ],
  ])('refuse %s when the app starts', (_what, source, message) => {
    expect(() => make(typeOrmCheck(), source)).toThrow(message);
  });
});
