import { VitalsError } from '@vitals/core/errors';

/**
 * SQLSTATEs that blame the server, not what was asked (PostgreSQL, appendix A): connections, resources, operators who
 * intervene, I/O; a standby, which is read only; a statement that took too long; locks that were not had in time.
 */
const IS_AWAY = /^(08|53|57|58)|^(25006|25P03|55P03|40001|40P01)$/;

/** Two transactions were in each other's way, and this one was ended: it may be repeated at once. */
const IS_CONFLICT = /^(40001|40P01)$/;

/** What a socket says, and `pg` of a connection that has ended. */
const IS_UNCONNECTED =
  /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT)|connection (terminated|error|timeout)|not queryable|timeout exceeded|timeout expired/i;

/** `store-unavailable` for an error that blames the server or the way to it; any other error as it is. */
export function asDatabaseError(error: unknown): unknown {
  const cause = causeOf(error);
  if (!isAway(cause)) return error;
  const detail = `the database cannot be reached or written to now: ${textOf(cause)}; try again`;
  return new VitalsError('store-unavailable', detail, { cause: error });
}

/** Whether the server, or the way to it, is to blame: it may be well again later. */
export function isAway(error: unknown): boolean {
  const { code, message } = causeOf(error);
  return IS_AWAY.test(code ?? '') || IS_UNCONNECTED.test(`${code} ${message}`);
}

/** Whether others wrote the same rows: the transaction may be repeated. */
export function isConflict(error: unknown): boolean {
  return IS_CONFLICT.test(causeOf(error).code ?? '');
}

/** What went wrong, with the code of PostgreSQL or of the system; a host that has several addresses says it of each. */
export function textOf(error: unknown): string {
  const { errors, code, message } = error as Partial<AggregateError & NodeJS.ErrnoException>;
  const [first] = (errors ?? []) as Error[];
  const text = message || first?.message || 'no reason was given';
  return code && !text.includes(code) ? `${text} (${code})` : text;
}

/** The error of the driver, of one that TypeORM wrapped. */
function causeOf(error: unknown): NodeJS.ErrnoException {
  const { driverError } = (error ?? {}) as { driverError?: unknown };
  return (driverError ?? error ?? {}) as NodeJS.ErrnoException;
}
