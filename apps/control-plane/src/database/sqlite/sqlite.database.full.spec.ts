import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import type { AnyChange } from '../change.js';
import { registered } from '../../../test/registered-provider.js';
import { loaded, TestDatabase } from '../../../test/sqlite-fixture.js';
import { sqliteOptions } from './data-source.js';

const folder = mkdtempSync(join(tmpdir(), 'vitals-full-'));
const copies = mkdtempSync(join(tmpdir(), 'vitals-full-copy-'));
const opened: DataSource[] = [];

afterAll(async () => {
  for (const source of opened) await source.destroy();
  for (const path of [folder, copies]) rmSync(path, { recursive: true, force: true });
});

async function open(path: string): Promise<DataSource> {
  const source = await new DataSource(sqliteOptions(path)).initialize();
  opened.push(source);
  return source;
}

function registration(index: number): AnyChange {
  return registered(index + 1, `p${index}`, {
    id: `p${index}`,
    registration: { display_name: 'x'.repeat(900) },
    registeredAtMs: 1,
  });
}

describe('SqliteDatabase on a disk that is full', () => {
  it('refuses as retryable while it is, and keeps all that it acknowledged before, meanwhile and after', async () => {
    const source = await open(join(folder, 'vitals.db'));
    const database = new TestDatabase(source);
    const [{ page_count: pages }] = (await source.query('PRAGMA page_count')) as [{ page_count: number }];
    await source.query(`PRAGMA max_page_count = ${pages + 4}`);
    const acknowledged: string[] = [];
    const refused: unknown[] = [];
    for (let index = 0; index < 60; index++) {
      if (index === 50) await source.query('PRAGMA max_page_count = 100000');
      const change = registration(index);
      await database.commit([change]).then(
        () => acknowledged.push(`p${index}`),
        (error: unknown) => refused.push(error),
      );
    }
    expect(refused.length).toBeGreaterThan(10);
    for (const error of refused) expect(error).toMatchObject({ code: 'store-unavailable', retryable: true });
    expect(acknowledged).toEqual(expect.arrayContaining(['p50', 'p59']));
    cpSync(folder, copies, { recursive: true });
    const { providers } = await loaded(new TestDatabase(await open(join(copies, 'vitals.db'))));
    expect(providers.map(({ id }) => id).toSorted()).toEqual(acknowledged.toSorted());
  });
});
