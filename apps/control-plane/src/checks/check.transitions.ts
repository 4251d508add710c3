import type { CheckStatus } from '@vitals/core/check';
import { changeKind, type KeyedTransition } from '../database/change.js';
import { oneOf, type Transaction } from '../database/database.js';
import { type Decided, decide, recordOf } from '../database/transition.record.js';
import { remember, type RememberedService, SERVICES } from '../services/service.rows.js';
import { CHECK_STATES, CHECKS, type StoredCheckState, type StoredProgress, UPTIME } from './check.rows.js';

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
  /** It was not recorded, for the store holds this of the check instead; `null`: the check is gone. */
  readonly overruledBy?: StoredCheckState | null;
};

const DECIDED: Decided<StoredCheckState, CheckTransition> = {
  table: CHECK_STATES,
  state: 'status',
  rowOf: ({ key, to, sinceMs, progress }) => ({ key, status: to as CheckStatus, sinceMs, progress }),
};

/**
 * Transitions of checks were decided. Who asks for a removal gets it, recorded or not; a removal for failures that
 * somebody else decided against does not happen. What was decided on another state than the store holds is told with
 * that.
 */
export const transitionsOfChecks = changeKind<readonly CheckTransition[]>('transitions-of-checks', {
  async write(transaction, transitions) {
    const recorded = await decide(transaction, transitions, DECIDED);
    const removed = recorded.filter(({ to }) => to === 'Removed');
    const keys = new Set(removed.map(({ key }) => key));
    const asked = transitions.filter(
      ({ to, remembers, key }) => to === 'Removed' && !remembers && !keys.has(key),
    );
    const lost = await overruled(transaction, transitions, recorded);
    await removeAll(transaction, [...removed, ...asked]);
    return [...recorded, ...asked, ...lost];
  },
  keys: (transitions) => transitions.map(({ key }) => key),
  transitions: (transitions) => transitions.filter(({ sequence }) => sequence !== undefined).map(recordOf),
});

/** Those that were not recorded; of removals, only those for failures. */
async function overruled(
  transaction: Transaction,
  transitions: readonly CheckTransition[],
  recorded: readonly CheckTransition[],
): Promise<readonly CheckTransition[]> {
  const left = [...recorded];
  const lost = transitions.filter((one) => {
    const isRecorded = left[0]?.key === one.key && left[0].from === one.from && left[0].to === one.to;
    if (isRecorded) left.shift();
    return !isRecorded && (one.to !== 'Removed' || one.remembers);
  });
  if (lost.length === 0) return [];
  const states = await transaction.select(CHECK_STATES, {
    where: { key: oneOf(lost.map(({ key }) => key)) },
  });
  const stateOf = new Map(states.map((state) => [state.key, state]));
  return lost.map((one) => ({ ...one, overruledBy: stateOf.get(one.key) ?? null }));
}

async function removeAll(transaction: Transaction, removals: readonly CheckTransition[]): Promise<void> {
  if (removals.length === 0) return;
  const key = oneOf(removals.map((removal) => removal.key));
  const keeping = new Set(removals.filter(({ keepsService }) => keepsService).map((removal) => removal.key));
  const checks = await transaction.select(CHECKS, { members: ['key', 'serviceKey'], where: { key } });
  const services = checks.flatMap((check) => (keeping.has(check.key) ? [] : (check.serviceKey ?? [])));
  await transaction.remove(SERVICES, { key: oneOf(services) });
  await transaction.remove(CHECKS, { key });
  await transaction.remove(CHECK_STATES, { key });
  await transaction.remove(UPTIME, { key });
  const remembered = removals.flatMap(({ remembers }) => remembers ?? []);
  await remember(transaction, remembered);
}

/** Checks have been run. */
export const checkProgress = changeKind<readonly Pick<CheckTransition, 'key' | 'progress'>[]>(
  'check-progress',
  { write: (transaction, progress) => transaction.patch(CHECK_STATES, progress) },
);
