import type { Clock } from '../time/clock.js';
import type { Check, CheckResult } from './check.js';
import { type Outcome, readFailure, readOutcome } from './outcome.js';
import { redact } from './redact.js';
import { type Attributes, type HealthState } from './status.js';

/** What is subscribed to if a check returns an observable; the minimum of rxjs and of the TC39 proposal. */
interface Subscribable {
  subscribe(observer: {
    next: (value: unknown) => void;
    error: (error: unknown) => void;
    complete: () => void;
  }): { unsubscribe?: () => void } | (() => void) | void;
}

/** One run: `result` settles within the check's timeout; `finished` when the check itself has let go. */
export interface CheckRun {
  readonly result: Promise<CheckResult>;
  readonly finished: Promise<void>;
}

/**
 * Runs a check once. The result never rejects and never comes later than the check's timeout, whether the
 * check throws, rejects, hangs, ignores its signal or returns rubbish; a late result is discarded.
 */
export function runCheck(check: Check, clock: Clock): CheckRun {
  const startedAtMs = clock.monotonicMs();
  const abort = new AbortController();
  const settled = invoke(check, abort.signal)
    .then((value) => toResult(check, clock, startedAtMs, readOutcome(value), undefined))
    .catch((error: unknown) => toResult(check, clock, startedAtMs, readFailure(error), error))
    .catch(() =>
      toResult(check, clock, startedAtMs, failure('the check failed with what cannot be read'), undefined),
    );
  const timedOut = new Promise<CheckResult>((resolve) => {
    const cancel = clock.after(check.timeoutMs, () => {
      const reason = `timed out after ${check.timeoutMs} ms`;
      abort.abort(new Error(reason));
      resolve(toResult(check, clock, startedAtMs, failure(reason), undefined));
    });
    void settled.then(cancel);
  });
  return { result: Promise.race([settled, timedOut]), finished: settled.then(() => undefined) };
}

/** A result for a check that was not run, with the reason why. */
export function notRun(check: Check, clock: Clock, reason: string): CheckResult {
  return toResult(check, clock, clock.monotonicMs(), failure(reason), undefined);
}

async function invoke(check: Check, signal: AbortSignal): Promise<unknown> {
  const value: unknown = await check.run({ signal });
  return isSubscribable(value) && !signal.aborted ? lastValue(value, signal) : value;
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

function failure(reason: string): Outcome {
  return { name: undefined, state: 'DOWN', attributes: {}, reason };
}

function toResult(
  check: Check,
  clock: Clock,
  startedAtMs: number,
  outcome: Outcome,
  error: unknown,
): CheckResult {
  return {
    id: check.id,
    name: outcome.name ?? check.name ?? check.id,
    state: outcome.state satisfies HealthState,
    attributes: redactAttributes(outcome.attributes),
    reason: outcome.reason === undefined ? undefined : redact(outcome.reason),
    kinds: check.kinds,
    critical: check.critical,
    durationMs: clock.monotonicMs() - startedAtMs,
    checkedAtMs: clock.wallMs(),
    error,
  };
}

function redactAttributes(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [
      key,
      typeof value === 'string' ? redact(value) : value,
    ]),
  );
}
