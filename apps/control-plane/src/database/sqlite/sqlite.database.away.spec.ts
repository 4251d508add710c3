import { TestDatabase } from '../../../test/sqlite-fixture.js';

/** A database that fails as it is told to, when it is written to. */
function failingWith(code: string, message: string): TestDatabase {
  const error = Object.assign(new Error(message), { code });
  const prepare = (text: string): object => ({
    run: () => {
      if (text === 'COMMIT') throw error;
      return { changes: 0 };
    },
  });
  return new TestDatabase({ driver: { databaseConnection: { prepare } } } as never);
}

describe('SqliteDatabase', () => {
  it.each([
    ['somebody else holds its lock', 'SQLITE_BUSY', 'database is locked'],
    ['its disk is full', 'SQLITE_FULL', 'database or disk is full'],
    ['its disk fails', 'SQLITE_IOERR_WRITE', 'disk I/O error'],
    ['its file became read-only', 'SQLITE_READONLY', 'attempt to write a readonly database'],
    ['its file cannot be opened', 'SQLITE_CANTOPEN', 'unable to open database file'],
  ])('asks to try again when %s', async (_what, code, message) => {
    await expect(failingWith(code, message).commit([])).rejects.toMatchObject({
      code: 'store-unavailable',
      retryable: true,
      cause: { code },
    });
  });

  it.each([
    ['what is written is wrong', 'SQLITE_CONSTRAINT', 'UNIQUE constraint failed: providers.id'],
    ['its file is damaged', 'SQLITE_CORRUPT', 'database disk image is malformed'],
  ])('does not when %s', async (_what, code, message) => {
    await expect(failingWith(code, message).commit([])).rejects.toMatchObject({ code });
  });
});
