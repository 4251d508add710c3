import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareDatabasePath } from './data-source.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitals-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('prepareDatabasePath', () => {
  it('makes the folders that are missing, and leaves the file to the database', () => {
    prepareDatabasePath(join(folder, 'a', 'b', 'vitals.db'));
    expect(existsSync(join(folder, 'a', 'b'))).toBe(true);
    expect(existsSync(join(folder, 'a', 'b', 'vitals.db'))).toBe(false);
  });

  it('accepts a file that is there', () => {
    writeFileSync(join(folder, 'vitals.db'), '');
    expect(() => prepareDatabasePath(join(folder, 'vitals.db'))).not.toThrow();
  });

  it('needs no file for a database in memory', () => {
    expect(() => prepareDatabasePath(':memory:')).not.toThrow();
  });

  it('refuses a folder in the place of the file', () => {
    mkdirSync(join(folder, 'vitals.db'));
    expect(() => prepareDatabasePath(join(folder, 'vitals.db'))).toThrow('it is not a file');
  });

  it.each([
    ['file', 'vitals.db'],
    ['file', 'deeper', 'vitals.db'],
  ])('refuses a file in the place of a folder', (...path) => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => prepareDatabasePath(join(folder, ...path))).toThrow(/^DATABASE_URL: .* cannot be opened/);
  });

  it('makes no folders below /proc, where that can hang, and names setting and path', () => {
    expect(() => prepareDatabasePath('/proc/vitals/data/vitals.db')).toThrow(
      expect.objectContaining({
        code: 'settings-invalid',
        message: expect.stringContaining('DATABASE_URL: the database /proc/vitals/data/vitals.db'),
      }),
    );
  });
});
