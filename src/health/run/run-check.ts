import type { Clock } from '../../time/clock.js';
import type { Check, CheckResult } from '../health-check.js';
import { type Outcome, readFailure, readOutcome } from '../outcome.js';
import { redact, redactFact, redactName } from '../redact.js';
import type { Attributes } from '../status.js';
import { beforeDeadline, RunContext } from './bounded-runs.js';

/** What is subscribed to if a check returns an observable; the minimum of rxjs and of the TC39 proposal. */
interface Subscribable {
  subscribe(observer: {
    next: (value: unknown) => void;
    error: (error: unknown) => void;
    complete: () => void;
  }): { unsubscribe?: () => void } | (() => void) | void;
}

/** One run of a check. */
export interface CheckRun {
  /** There at once if the check answered at once, else settles within its timeout; never rejects. */
  readonly result: CheckResult | Promise<CheckResult>;
  /** Settles when the check itself has let go; `undefined` if it has already. */
  readonly finished: Promise<void> | undefined;
}

/**
 * Runs a check once. The result never comes later than the check's timeout, whether the check throws, rejects,
 * hangs, ignores its signal or returns rubbish; a late result is discarded.
 * @param lastName the name that an earlier run reported, which the check keeps until it reports another one
 */
export function runCheck(check: Check, clock: Clock, lastName?: string): CheckRun {
  const run: Run = { check, clock, lastName, startedAtMs: clock.monotonicMs() };
  const context = new RunContext();
  let value: unknown;
  try {
    value = check.run(context);
    if (!isDeferred(value)) return { result: succeeded(run, value), finished: undefined };
  } catch (error) {
    return { result: failed(run, error), finished: undefined };
  }
  return awaitRun(run, context, value);
}

/** A result for a check that was not run, with the reason why; `lastName` as in `runCheck`. */
export function notRun(check: Check, clock: Clock, reason: string, lastName?: string): CheckResult {
  return toResult({ check, clock, lastName, startedAtMs: clock.monotonicMs() }, failure(reason), undefined);
}

/** What every result of a run needs. */
interface Run {
  readonly check: Check;
  readonly clock: Clock;
  readonly lastName: string | undefined;
  readonly startedAtMs: number;
}

function awaitRun(run: Run, context: RunContext, value: unknown): CheckRun {
  const { check, clock } = run;
  const settled = settle(value, context).then(
    (settledValue) => succeeded(run, settledValue),
    (error: unknown) => failed(run, error),
  );
  const reason = `timed out after ${check.timeoutMs} ms`;
  const cutOff = (): CheckResult => toResult(run, failure(reason), undefined);
  return beforeDeadline(clock, context, settled, { timeoutMs: check.timeoutMs, reason, cutOff });
}

async function settle(value: unknown, context: RunContext): Promise<unknown> {
  const settled: unknown = await value;
  return isSubscribable(settled) && !context.aborted ? lastValue(settled, context.signal) : settled;
}

/** Whether a value is still to come. */
function isDeferred(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return typeof (value as PromiseLike<unknown>).then === 'function' || isSubscribable(value);
}

function isSubscribable(value: unknown): value is Subscribable {
  return (
    typeof value === 'object' &&
    value !== null &&
    'subscribe' in value &&
    typeof value.subscribe === 'function'
  );
}

function lastValue(source: Subscribable, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let last: unknown;
    const subscription = source.subscribe({
      next: (value) => (last = value),
      error: reject,
      complete: () => resolve(last),
    });
    const unsubscribe =
      typeof subscription === 'function' ? subscription : subscription?.unsubscribe?.bind(subscription);
    if (!unsubscribe) return;
    const letGo = (): void => {
      try {
        resolve(unsubscribe());
      } catch (error) {
        reject(error);
      }
    };
    signal.addEventListener('abort', letGo, { once: true });
  });
}

function succeeded(run: Run, value: unknown): CheckResult {
  try {
    return toResult(run, readOutcome(value), undefined);
  } catch (error) {
    return failed(run, error);
  }
}

function failed(run: Run, error: unknown): CheckResult {
  try {
    return toResult(run, readFailure(error), error);
  } catch {
    return toResult(run, failure('the check failed with what cannot be read'), undefined);
  }
}

function failure(reason: string): Outcome {
  return { name: undefined, key: undefined, state: 'DOWN', attributes: {}, reason };
}

function toResult(run: Run, outcome: Outcome, error: unknown): CheckResult {
  const { check, clock, startedAtMs } = run;
  return {
    id: check.id,
    name: nameOf(run, outcome),
    state: outcome.state,
    attributes: redactAttributes(outcome.attributes),
    reason: outcome.reason === undefined ? undefined : redact(outcome.reason),
    kinds: check.kinds,
    critical: check.critical,
    durationMs: clock.monotonicMs() - startedAtMs,
    checkedAtMs: clock.wallMs(),
    ageMs: 0,
    error,
  };
}

/** As reported now, else as reported last, else as declared, else the identity; a terminus key is no match for a declared name. */
function nameOf({ check, lastName }: Run, { name, key }: Outcome): string {
  const reported = name ?? (check.name === undefined ? key : undefined);
  if (reported === undefined) return lastName ?? check.name ?? check.id;
  return reported === check.name || reported === check.id ? reported : redactName(reported);
}

function redactAttributes(attributes: Attributes): Attributes {
  const entries = Object.entries(attributes);
  if (entries.length === 0) return attributes;
  return Object.fromEntries(entries.map(([key, value]) => [redact(key), redactFact(key, value)]));
}
