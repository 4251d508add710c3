import { isDeepStrictEqual } from 'node:util';
import { type CheckDefinition, restoreCheck } from '@vitals/core/check';
import type { RunningClock } from '@vitals/core/time';
import type { AnyChange } from '../database/change.js';
import type { Check } from './check.js';
import {
  checkDefined,
  type CheckRecord,
  type DefinedCheck,
  type StoredCheck,
  type StoredProgress,
} from './check.rows.js';
import { checkProgress, type CheckTransition, transitionsOfChecks } from './check.transitions.js';

/** An instant: in epoch milliseconds, and on the running clock. */
export interface Instant {
  readonly wallMs: number;
  readonly runningMs: number;
}

/** The instant that it is now. */
export function instantOf(clock: RunningClock): Instant {
  return { wallMs: clock.wallMs(), runningMs: clock.nowMs() };
}

/**
 * What defines a check anew that is there: nothing if it says what it said before; another target lets it begin anew.
 * Refused when it is written if the check is gone.
 */
export function redefinition(check: Check, definition: CheckDefinition, now: Instant): readonly AnyChange[] {
  if (isSameKept(check.definition, definition)) return [];
  if (isSameKept(check.definition.target, definition.target))
    return [definedAnew(check, definition, { mustExist: true })];
  return beginning(check, definition, 'reset', 'its target has changed', unrun(definition), now);
}

/** The same, where what does not fail goes on as it was found: that it is probed in another way is no failure. */
export function redirection(check: Check, definition: CheckDefinition): readonly AnyChange[] {
  if (isSameKept(check.definition, definition)) return [];
  const isSame = isSameKept(check.definition.target, definition.target);
  return [definedAnew(check, definition, { bearing: isSame ? 'kept' : 'redirected' })];
}

/** What lets a check that fails begin anew, as its service does; what was found before can still be read. */
export function pardon(check: Check, definition: CheckDefinition, now: Instant): readonly AnyChange[] {
  const { executedAtMs, results } = check;
  const progress = { ...unrun(definition), executedAtMs, results: results.inOrder() };
  return beginning(check, definition, 'pardoned', 'registered again', progress, now);
}

/** What ends a check, and the instance of a service that goes with it, unless it `keepsService`. */
export function removal(check: Check, cause: string, now: Instant, keepsService?: true): AnyChange {
  const removed = check.transition('Removed', cause, now.wallMs, check.progress(now.runningMs));
  return transitionsOfChecks([{ ...removed, ...(keepsService && { keepsService }) }]);
}

/** What ends the check of a service that is not registered; no instance goes with it. */
export function orphanRemoval({ check, state }: CheckRecord, atMs: number): AnyChange {
  const { key, definition } = check;
  const { status: from, sinceMs, progress = unrun(definition) } = state;
  const cause = 'its service is not registered';
  const about = { kind: 'service', subject: definition.id, from, to: 'Removed', cause, atMs } as const;
  return transitionsOfChecks([{ ...about, key, sinceMs, progress, keepsService: true }]);
}

/** What lets the check of an instance that was removed be there again: told to pass, Passing, if it is a TTL. */
export function restoration(check: StoredCheck, { wallMs: atMs, runningMs }: Instant): readonly AnyChange[] {
  const { key, definition } = check;
  const { verdict, successes } = restoreCheck(definition, runningMs);
  const result = { atMs, outcome: 'success', durationMs: 0, message: 'reported as passing' } as const;
  const passed = { verdict, successes, executedAtMs: atMs, results: [result] };
  const progress = { ...unrun(definition), ...(definition.target.kind === 'ttl' && passed) };
  const transition: CheckTransition = {
    kind: 'service',
    subject: definition.id,
    from: 'Removed',
    to: verdict,
    cause: 'it had been removed for its failures, and passes',
    atMs,
    key,
    sinceMs: atMs,
    progress,
  };
  const defined = checkDefined({ check, sinceMs: atMs, bearing: 'restored', progress });
  return [defined, transitionsOfChecks([transition])];
}

/** Whether two definitions, or parts of them, are kept as the same: members in any order, absent ones left out. */
export function isSameKept(a: object, b: object): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));
}

function definedAnew(check: Check, definition: CheckDefinition, more: Partial<DefinedCheck>): AnyChange {
  return checkDefined({ check: { ...check.stored(), definition }, sinceMs: check.sinceMs, ...more });
}

function beginning(
  check: Check,
  definition: CheckDefinition,
  bearing: 'pardoned' | 'reset',
  cause: string,
  progress: StoredProgress,
  { wallMs }: Instant,
): readonly AnyChange[] {
  const { key, status } = check;
  const how = { bearing, ...(bearing === 'reset' && { mustExist: true as const }) };
  if (status === 'Pending') return [definedAnew(check, definition, how), checkProgress([{ key, progress }])];
  const transition = { ...check.transition('Pending', cause, wallMs, progress), sinceMs: wallMs };
  return [definedAnew(check, definition, { ...how, sinceMs: wallMs }), transitionsOfChecks([transition])];
}

/** The progress of a check that was not run yet. */
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
