import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite from 'libsql';
import { DataSource } from 'typeorm';
import { loaded, register, TestDatabase } from '../../../test/sqlite-fixture.js';
import { driverFor, markInUse } from './connection.js';
import { prepareConnection, sqliteOptions } from './data-source.js';
import { DatabaseFile } from './database.file.js';
import { findBootFault, prepareDatabasePath } from './database.path.js';

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

describe('A control plane that is killed', () => {
  it('leaves at no moment of its start and of its stop a database that is refused, and never one that lacks something unsaid', async () => {
    await prepareDatabasePath(path);
    const file = new DatabaseFile(path);
    const moments: { after: string; fault: string | undefined; lacks: boolean }[] = [];
    const look = (after: string): void => {
      const lacks = existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0;
      moments.push({ after, fault: findBootFault(path), lacks });
    };
    class Watched extends driverFor(file) {
      override pragma(text: string): unknown {
        const answer = super.pragma(text);
        look(text);
        return answer;
      }
    }
    for (let starts = 0; starts < 2; starts++) {
      const connection = new Watched(path, { timeout: 100 });
      look('open');
      expect(prepareConnection(connection, path, ['First1'])).toBe(starts === 0);
      const write = (text: string): void => {
        connection.prepare(text).run();
        look(text);
      };
      if (starts === 0) write('CREATE TABLE migrations (id INTEGER PRIMARY KEY, name TEXT)');
      if (starts === 0) write(`INSERT INTO migrations (name) VALUES ('First1')`);
      markInUse(connection);
      file.watch();
      file.beginWrite();
      write('CREATE TABLE acknowledged_' + starts + ' (a)');
      file.written();
      // a copy of the file alone, as it is made while a control plane runs
      copyFileSync(path, `${path}.copy`);
      expect(findBootFault(`${path}.copy`)).toContain('-wal is missing');
      rmSync(`${path}.copy`);
      connection.close();
      look('close');
    }
    expect(moments.filter(({ fault }) => fault !== undefined)).toEqual([]);
    expect(moments.some(({ lacks }) => lacks)).toBe(true);
    expect(moments.at(-1)).toEqual({ after: 'close', fault: undefined, lacks: false });
  });
});

describe('A database', () => {
  it('that a newer version migrated is refused by name, and nothing is written to it', async () => {
    const database = await open();
    await new TestDatabase(database).commit([register('a')]);
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
    expect((await loaded(new TestDatabase(again))).providers).toMatchObject([{ id: 'id-a' }]);
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
