import {
  addedUp,
  BUCKET_WIDTHS,
  type BucketWidth,
  type CheckDefinition,
  type CheckResult,
  type CheckStatus,
  type KeyedBucket,
  type RecoveredCheck,
  UPTIME_COUNTS,
} from '@vitals/core/check';
import { VitalsError } from '@vitals/core/errors';
import type { Suppression } from '@vitals/core/transition';
import { changeKind } from '../database/change.js';
import { below, oneOf } from '../database/database.js';
import { integer, json, real, type Row, table, text } from '../database/table.js';

/** Who defined a check: the registration of a service, the API, or the file of declarations. */
export type CheckSource = 'service' | 'api' | 'file';

/** A check as it is kept. */
export interface StoredCheck {
  /** The number of the check in the database; never used twice. */
  readonly key: number;
  readonly definition: CheckDefinition;
  readonly source: CheckSource;
  /** The instance of a service that goes when the check stays critical. */
  readonly serviceKey: number | undefined;
  readonly createdAtMs: number;
}

/** How far a check has come. Points of time are epoch milliseconds. */
export interface StoredProgress extends Omit<RecoveredCheck, 'inMaintenance'> {
  /** When the first failure of the streak was found. */
  readonly failedAtMs: number | undefined;
  readonly executedAtMs: number | undefined;
  /** Why nobody was told of its last transition, maintenance left aside. */
  readonly suppressed?: Suppression | undefined;
  /** The last results, oldest first. */
  readonly results: readonly CheckResult[];
}

/** Checks. */
export const CHECKS = table('checks', {
  key: integer().key(),
  id: text(),
  definition: json<CheckDefinition>(),
  source: text<CheckSource>(),
  serviceKey: integer().optional(),
  /** Epoch milliseconds. */
  createdAtMs: integer('created_at'),
});

/** What changes with the runs of a check. */
export const CHECK_STATES = table('check_states', {
  /** That of the check. */
  key: integer().key(),
  status: text<CheckStatus>(),
  /** Epoch milliseconds. */
  sinceMs: integer('state_since'),
  /** `undefined` before the first run. */
  progress: json<StoredProgress>().optional(),
});

/** How the runs of one check within one bucket of time went. */
export const UPTIME = table('uptime', {
  /** That of the check. */
  key: integer().key(),
  width: text<BucketWidth>().key(),
  /** Epoch milliseconds. */
  startMs: integer('start_at').key(),
  up: integer(),
  warning: integer(),
  down: integer(),
  /** Sum over the runs that reached the target, in milliseconds. */
  durationMs: real('duration_ms'),
});

/** The state of a check as it is kept. */
export type StoredCheckState = Row<typeof CHECK_STATES>;

/** A check and its state. */
export interface CheckRecord {
  readonly check: StoredCheck;
  readonly state: StoredCheckState;
}

/** A definition of a check, and what it makes of what was known of it. */
export interface DefinedCheck {
  readonly check: StoredCheck;
  /** Since when it has its status, in epoch milliseconds. */
  readonly sinceMs: number;
  /**
   * `kept`, the default: all of it stays. `redirected`: it probes something else, and its verdict stands until it has.
   * `pardoned`: it begins anew, with its results to be read. `reset`: nothing of it stays. `restored`: it is new and
   * begins with this progress, by a transition from `Removed` in the same commit.
   */
  readonly bearing?: 'kept' | 'redirected' | 'pardoned' | 'reset' | 'restored';
  readonly progress?: StoredProgress;
  /** It is there, and must not come back if it was removed first. */
  readonly mustExist?: true;
}

/**
 * A check is defined, or defined anew; its state begins if it has none.
 * @throws VitalsError `check-not-found` for one that must exist, and does not
 */
export const checkDefined = changeKind<DefinedCheck>('check-defined', {
  async write(transaction, { check, sinceMs, bearing, mustExist }) {
    const { key, definition, source, serviceKey } = check;
    if (mustExist) {
      const changed = await transaction.patchFound(CHECKS, [{ key, definition, source, serviceKey }]);
      if (changed === 1) return;
      throw new VitalsError('check-not-found', `${definition.id} was removed in the same moment`);
    }
    await transaction.put(CHECKS, [{ ...check, id: definition.id }], { overwrite: ['definition', 'source'] });
    const status = (bearing === 'restored' ? 'Removed' : 'Pending') as CheckStatus;
    await transaction.insert(CHECK_STATES, [{ key, status, sinceMs }], { ifMissing: true });
  },
  keys: ({ check }) => [check.key],
});

/** Runs were counted; of checks that are gone nothing is kept. */
export const uptimeCounted = changeKind<readonly KeyedBucket[]>('uptime-counted', {
  async write(transaction, buckets) {
    const where = { key: oneOf([...new Set(buckets.map(({ key }) => key))]) };
    const checks = await transaction.select(CHECKS, { members: ['key'], where });
    const keys = new Set(checks.map(({ key }) => key));
    const kept = buckets.filter(({ key }) => keys.has(key));
    await transaction.accumulate(UPTIME, addedUp(kept), UPTIME_COUNTS);
  },
});

/** Buckets that start before these epoch times are kept no longer. */
export const uptimeForgotten = changeKind<Readonly<Record<BucketWidth, number>>>('uptime-forgotten', {
  async write(transaction, untilMs) {
    for (const width of BUCKET_WIDTHS)
      await transaction.remove(UPTIME, { width, startMs: below(untilMs[width]) });
  },
});
