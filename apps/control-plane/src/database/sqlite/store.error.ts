import { VitalsError } from '@vitals/core/errors';

/** SQLite result codes that blame the store, not what was written to it (https://sqlite.org/rescode.html). */
const STORE_IS_AWAY =
  /SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|NOMEM|INTERRUPT)|database is locked|disk (is full|I\/O)|within a transaction/i;

/** `store-unavailable` for an error that blames the store; what the connection itself refused, without TypeORM around it; any other error as it is. */
export function asStoreError(error: unknown): unknown {
  const { driverError } = (error ?? {}) as { driverError?: unknown };
  if (driverError instanceof VitalsError) return driverError;
  const text = error instanceof Error ? `${(error as NodeJS.ErrnoException).code} ${error.message}` : '';
  if (!STORE_IS_AWAY.test(text)) return error;
  return new VitalsError('store-unavailable', 'the database cannot be written to now; try again', {
    cause: error,
  });
}
