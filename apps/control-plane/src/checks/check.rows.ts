import type { CheckDefinition, CheckStatus, CheckVerdict, ProbeOutcome } from '@vitals/core/check';
import type { Suppression } from '@vitals/core/transition';
import { changeKind, type KeyedTransition } from '../database/change.js';
import { oneOf, type Transaction } from '../database/database.js';
import { integer, json, real, type Row, table, text } from '../database/table.js';
import { type Decided, decide, recordOf } from '../database/transition.record.js';
import { remember, type RememberedService, SERVICES } from '../services/service.rows.js';

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

/** One result of a check: what was found, when (epoch milliseconds), after how long, and the words for it. */
export interface StoredResult {
  readonly atMs: number;
  readonly outcome: ProbeOutcome;
  readonly durationMs: number;
  readonly message: string;
}

/** How far a check has come. Points of time are epoch milliseconds. */
export interface StoredProgress {
  readonly verdict: CheckVerdict;
  readonly successes: number;
  readonly failures: number;
  /** How long it had been failing when this was written, in milliseconds; outages do not count. */
  readonly failingForMs: number | undefined;
  /** When the first failure of the streak was found. */
  readonly failedAtMs: number | undefined;
  readonly executedAtMs: number | undefined;
  readonly executeIntervalMs: number;
  /** Why nobody was told of its last transition, maintenance left aside. */
  readonly suppressed?: Suppression | undefined;
  /** The last results, oldest first. */
  readonly results: readonly StoredResult[];
}

/** How wide a bucket of uptime is. */
export const BUCKET_WIDTHS = ['minute', 'hour', 'day'] as const;
/** One of the widths. */
export type BucketWidth = (typeof BUCKET_WIDTHS)[number];

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

/** What is added to a bucket of a check. */
export type KeyedBucket = Row<typeof UPTIME>;

/** The counts of one bucket; they add up. */
export type UptimeBucket = Omit<KeyedBucket, 'key' | 'width'>;
/** The same of any span of time. */
export type UptimeCounts = Omit<UptimeBucket, 'startMs'>;

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
}

/** A check is defined, or defined anew; its state begins if it has none. */
export const checkDefined = changeKind<DefinedCheck>('check-defined', {
  async write(transaction, { check, sinceMs, bearing }) {
    const { key, definition } = check;
    await transaction.put(CHECKS, [{ ...check, id: definition.id }], { overwrite: ['definition', 'source'] });
    const status = (bearing === 'restored' ? 'Removed' : 'Pending') as CheckStatus;
    await transaction.insert(CHECK_STATES, [{ key, status, sinceMs }], { ifMissing: true });
  },
  keys: ({ check }) => [check.key],
});

/**
 * A transition of a check; `Removed` deletes the check, and the instance of a service that goes with it. With
 * `remembers` it is for its failures: then nothing is deleted unless the transition is recorded.
 */
export type CheckTransition = KeyedTransition & {
  /** Since when it has its status then: as before if it stays the same. */
  readonly sinceMs: number;
  readonly progress: StoredProgress;
  readonly remembers?: RememberedService;
  /** Its instance stays registered, without a check. */
  readonly keepsService?: true;
};

const DECIDED: Decided<StoredCheckState, CheckTransition> = {
  table: CHECK_STATES,
  state: 'status',
  rowOf: ({ key, to, sinceMs, progress }) => ({
    key,
    status: to as CheckStatus,
    sinceMs,
    progress,
  }),
};

/**
 * Transitions of checks were decided. Who asks for a removal gets it, recorded or not; a removal for failures that
 * somebody else decided against does not happen.
 */
export const transitionsOfChecks = changeKind<readonly CheckTransition[]>('transitions-of-checks', {
  async write(transaction, transitions) {
    const recorded = await decide(transaction, transitions, DECIDED);
    const recordedKeys = new Set(recorded.filter(({ to }) => to === 'Removed').map(({ key }) => key));
    const asked = transitions.filter(
      ({ to, remembers, key }) => to === 'Removed' && !remembers && !recordedKeys.has(key),
    );
    const written = [...recorded, ...asked];
    await removeAll(
      transaction,
      written.filter(({ to }) => to === 'Removed'),
    );
    return written;
  },
  keys: (transitions) => transitions.map(({ key }) => key),
  transitions: (transitions) => transitions.filter(({ sequence }) => sequence !== undefined).map(recordOf),
});

async function removeAll(transaction: Transaction, removals: readonly CheckTransition[]): Promise<void> {
  if (removals.length === 0) return;
  const key = oneOf(removals.map((removal) => removal.key));
  const keeping = new Set(removals.filter(({ keepsService }) => keepsService).map((removal) => removal.key));
  const checks = await transaction.select(CHECKS, { members: ['key', 'serviceKey'], where: { key } });
  const services = checks
    .filter((check) => !keeping.has(check.key))
    .map(({ serviceKey }) => serviceKey)
    .filter((serviceKey) => serviceKey !== undefined);
  await transaction.remove(SERVICES, { key: oneOf(services) });
  await transaction.remove(CHECKS, { key });
  await transaction.remove(CHECK_STATES, { key });
  await transaction.remove(UPTIME, { key });
  await remember(
    transaction,
    removals.map(({ remembers }) => remembers).filter((one) => one !== undefined),
  );
}

/** Checks have been run. */
export const checkProgress = changeKind<readonly Pick<CheckTransition, 'key' | 'progress'>[]>(
  'check-progress',
  { write: async (transaction, progress) => void (await transaction.patch(CHECK_STATES, progress)) },
);
