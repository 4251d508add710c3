import { type CheckDefinition, startCheck } from '@vitals/core/probe';
import type { Clock, RunningClock } from '@vitals/core/time';
import type { CheckChange, StoredProgress } from '../persistence/check.change.js';
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
  const atMs = clock.wallMs();
  const progress = unrun(definition);
  const { key, status: from } = check;
  return {
    changes:
      from === 'Pending'
        ? [{ kind: 'check-progress', progress: [{ key, progress }] }]
        : [{ kind: 'check-transitions', transitions: [check.transition('Pending', cause, atMs, progress)] }],
    apply: () => {
      check.definition = definition;
      check.restart(startCheck(definition, running.nowMs()));
      if (from !== 'Pending') check.sinceMs = atMs;
      if (check.service) check.service.critical = false;
    },
  };
}

function unrun({ intervalMs }: CheckDefinition): StoredProgress {
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
