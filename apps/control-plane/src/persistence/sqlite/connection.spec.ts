import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite from 'libsql';
import { DataSource } from 'typeorm';
import { loaded, register } from '../../../test/sqlite-fixture.js';
import { sqliteOptions } from './data-source.js';
import { SqliteStore } from './sqlite.store.js';

const folder = mkdtempSync(join(tmpdir(), 'vitals-connection-'));
const path = join(folder, 'vitals.db');

afterEach(() => ['', '-wal', '-journal'].forEach((suffix) => rmSync(path + suffix, { force: true })));
afterAll(() => rmSync(folder, { recursive: true }));

const open = (): Promise<DataSource> => new DataSource(sqliteOptions(path)).initialize();

/** Does something to the file as another program does. */
function change(...statements: string[]): void {
  const connection = new sqlite(path);
  for (const statement of statements) connection.exec(statement);
  connection.close();
}

describe('A database', () => {
  it('that a newer version migrated is refused by name, and nothing is written to it', async () => {
    const database = await open();
    await new SqliteStore(database).commit([register('a')]);
    await database.destroy();
    change(`INSERT INTO migrations (timestamp, name) VALUES (9000000000000, 'Tomorrow9000000000000')`);
    const before = readFileSync(path);
    await expect(open()).rejects.toMatchObject({
      code: 'settings-invalid',
      message: expect.stringMatching(
        /^DATABASE_URL: .*newer version \(Tomorrow9000000000000; the newest that this version knows is \w+\)\. Start that version, or restore/,
      ),
    });
    expect(readFileSync(path).equals(before)).toBe(true);
    change(`DELETE FROM migrations WHERE name LIKE 'Tomorrow%'`);
    const again = await open();
    expect((await loaded(new SqliteStore(again))).providers).toMatchObject([{ id: 'id-a' }]);
    await again.destroy();
  });

  it('of another program is refused, and nothing is written to it', async () => {
    change('CREATE TABLE songs (title)');
    const before = readFileSync(path);
    await expect(open()).rejects.toThrow(/the database of another program \(songs\)/);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('that was copied without the WAL that held all of its tables is refused', async () => {
    change('PRAGMA application_id = 1');
    await expect(open()).rejects.toThrow(/holds no tables.*without its -wal/);
  });
});
