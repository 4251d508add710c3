import type { DataSource } from 'typeorm';
import type { StoredPassedTime } from '../../change.js';
import type {
  GuardedKind,
  MassFailureEnding,
  SettledMember,
  StoredMassFailure,
} from '../../mass-failure.change.js';

/** Mass failures that are kept after their end. */
export const KEPT_MASS_FAILURES = 1_000;

interface MassFailureRow {
  readonly key: number;
  readonly kind: GuardedKind;
  readonly zone: string | null;
  readonly began_at: number;
  readonly gone: number;
  readonly members: number;
  readonly quiet_since: number;
  readonly ended_at: number | null;
  readonly ended_by: MassFailureEnding | null;
}

/** The mass failures that are kept, oldest first. */
export async function readMassFailures(database: DataSource): Promise<StoredMassFailure[]> {
  const rows: MassFailureRow[] = await database.query('SELECT * FROM mass_failures ORDER BY key');
  return rows.map((row) => ({
    key: row.key,
    kind: row.kind,
    zone: row.zone ?? undefined,
    beganAtMs: row.began_at,
    gone: row.gone,
    of: row.members,
    quietSinceMs: row.quiet_since,
    end:
      row.ended_at === null || row.ended_by === null ? undefined : { atMs: row.ended_at, by: row.ended_by },
  }));
}

/** The members that are settled, by their kind. */
export async function readSettled(
  database: DataSource,
): Promise<Record<GuardedKind, readonly SettledMember[]>> {
  const of = async (kind: GuardedKind): Promise<SettledMember[]> =>
    database.query('SELECT key, since AS sinceMs FROM settled_members WHERE kind = ?', [kind]);
  return { provider: await of('provider'), service: await of('service') };
}

/** The time that has passed. */
export async function readPassed(database: DataSource): Promise<StoredPassedTime | undefined> {
  const [row]: StoredPassedTime[] = await database.query(
    'SELECT total AS totalMs, shown AS shownMs FROM passed_time',
  );
  return row;
}
