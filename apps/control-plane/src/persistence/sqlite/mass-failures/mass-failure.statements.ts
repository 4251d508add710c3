import type { Change } from '../../change.js';
import type { MassFailureChange, StoredMassFailure } from '../../mass-failure.change.js';
import { KEPT_MASS_FAILURES } from './mass-failure.rows.js';

type Statement = readonly [statement: string, parameters: readonly unknown[]];

/** What an operator ended stays ended, whatever is written late. */
const PUT = `
  INSERT INTO mass_failures (key, kind, zone, began_at, gone, members, quiet_since, ended_at, ended_by)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (key) DO UPDATE SET
    gone = excluded.gone, members = excluded.members, quiet_since = excluded.quiet_since,
    ended_at = excluded.ended_at, ended_by = excluded.ended_by
  WHERE ended_at IS NULL`;

const FORGET = `
  DELETE FROM mass_failures WHERE ended_at IS NOT NULL
    AND key NOT IN (SELECT key FROM mass_failures ORDER BY key DESC LIMIT ${KEPT_MASS_FAILURES})`;

const SETTLE = `
  INSERT INTO settled_members (kind, key, since)
  SELECT ?, value ->> 0, value ->> 1 FROM json_each(?)`;

const PASS = `
  INSERT INTO passed_time (id, total, shown) VALUES (1, ?, ?)
  ON CONFLICT (id) DO UPDATE SET total = excluded.total, shown = excluded.shown`;

/** The statements of a change of mass failures, or of the time that has passed. */
export function massFailureStatementsOf(
  change: MassFailureChange | Extract<Change, { kind: 'passed' }>,
): Statement[] {
  switch (change.kind) {
    case 'mass-failures':
      return [...change.failures.map((failure): Statement => [PUT, rowOf(failure)]), [FORGET, []]];
    case 'settled': {
      const rows = change.members.map(({ key, sinceMs }) => [key, sinceMs]);
      return [
        ['DELETE FROM settled_members WHERE kind = ?', [change.of]],
        [SETTLE, [change.of, JSON.stringify(rows)]],
      ];
    }
    case 'passed':
      return [[PASS, [change.passed.totalMs, change.passed.shownMs]]];
    default:
      return change satisfies never;
  }
}

function rowOf({ key, kind, zone, beganAtMs, gone, of, quietSinceMs, end }: StoredMassFailure): unknown[] {
  const ended = [end?.atMs ?? null, end?.by ?? null];
  return [key, kind, zone ?? null, Math.round(beganAtMs), gone, of, Math.round(quietSinceMs), ...ended];
}
