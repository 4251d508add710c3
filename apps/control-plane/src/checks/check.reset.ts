import { isDeepStrictEqual } from 'node:util';
import { type CheckDefinition, type CheckState, startCheck } from '@vitals/core/check';
import type { Clock, RunningClock } from '@vitals/core/time';
import type { CheckChange } from '../../../../libs/health/src/health.events.js';
import type { StoredProgress } from '../database/check.change.js';
import type { Check } from './check.js';

/** Changes that become durable first, and what follows in memory. */
export interface PlannedReset {
  readonly changes: readonly CheckChange[];
  apply(): void;
}

/** Lets a check begin anew with this definition: nothing that was found before counts any more. */
export function planReset(
  check: Check,
  definition: CheckDefinition,
  cause: string,
  clock: Clock,
  running: RunningClock,
): PlannedReset {
  return planBeginning(check, definition, cause, unrun(definition), clock, running, (state) =>
    check.restart(state),
  );
}

/** Lets a check that fails begin anew, as its service does; what was found before can still be read. */
export function planPardon(
  check: Check,
  definition: CheckDefinition,
  clock: Clock,
  running: RunningClock,
): PlannedReset {
  const { executedAtMs, results } = check;
  const progress = { ...unrun(definition), executedAtMs, results: results.inOrder() };
  return planBeginning(check, definition, 'registered again', progress, clock, running, (state) =>
    check.pardon(state),
  );
}

/** Whether its last result was a failure, or it is Critical still: what a registration of its service ends. */
export function isFailing({ failures, failingSinceMs, verdict }: CheckState): boolean {
  return failures > 0 || failingSinceMs !== undefined || verdict === 'Critical';
}

/** Whether two definitions, or parts of them, are kept as the same: members in any order, absent ones left out. */
export function isSameKept(a: object, b: object): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));
}

function planBeginning(
  check: Check,
  definition: CheckDefinition,
  cause: string,
  progress: StoredProgress,
  clock: Clock,
  running: RunningClock,
  begin: (state: CheckState) => void,
): PlannedReset {
  const atMs = clock.wallMs();
  const { key, status: from } = check;
  return {
    changes:
      from === 'Pending'
        ? [{ kind: 'check-progress', progress: [{ key, progress }] }]
        : [{ kind: 'check-transitions', transitions: [check.transition('Pending', cause, atMs, progress)] }],
    apply: () => {
      check.definition = definition;
      begin(startCheck(definition, running.nowMs()));
      if (from !== 'Pending') check.sinceMs = atMs;
      if (check.service) check.service.critical = false;
    },
  };
}

/** The progress of a check that was not run yet. */
export function unrun({ intervalMs }: CheckDefinition): StoredProgress {
  return {
    verdict: 'Pending',
    successes: 0,
    failures: 0,
    failingForMs: undefined,
    failedAtMs: undefined,
    executedAtMs: undefined,
    executeIntervalMs: intervalMs,
    results: [],
  };
}
