import { formatDuration } from '@vitals/core/time';
import type { Outcome } from './provider-check.js';
import { NOT_CHECKED, type ProviderStatus } from './provider-status.js';

/** A moment on both clocks, in milliseconds. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** What is told of a provider, and until when it may be. */
export interface Judgement {
  readonly status: ProviderStatus;
  /** Monotonic milliseconds from which on the answer behind it is too old to be believed. */
  readonly believedUntilMs: number;
}

/**
 * What is to be told of a provider after a check.
 * 1. An answer counts, whatever was told before, and is believed for `believedMs`.
 * 2. Who was cut off keeps the last answer, marked stale, for as long as that is believed;
 * 3. then it is unhealthy, and so is at once who never answered.
 */
export function judge(
  name: string,
  before: Judgement | undefined,
  outcome: Outcome,
  now: Moment,
  believedMs: number,
): Judgement {
  const fresh = { name, checkedAtMs: now.wallMs, stale: false };
  switch (outcome.kind) {
    case 'answered': {
      const { healthy, message, latencyMs } = outcome;
      const status = { ...fresh, healthy, message, latencyMs, checked: true };
      return judgement(before, status, now, now.monotonicMs + believedMs);
    }
    case 'unchecked': {
      const status = { ...fresh, healthy: true, message: NOT_CHECKED, latencyMs: 0, checked: false };
      return judgement(before, status, now, Number.POSITIVE_INFINITY);
    }
    case 'cut-off': {
      if (before && hasAnswered(before)) {
        const stale = { ...before, status: Object.freeze({ ...before.status, stale: true }) };
        return expire(before.status.stale ? before : stale, now, believedMs);
      }
      const { message, latencyMs } = outcome;
      const status = { ...fresh, healthy: false, message, latencyMs, checked: true };
      return judgement(before, status, now, Number.POSITIVE_INFINITY);
    }
    default:
      return outcome satisfies never;
  }
}

/** What is to be told of a provider by now: the same, or that its answer is too old, from when it was. */
export function expire(before: Judgement, now: Moment, believedMs: number): Judgement {
  const { status, believedUntilMs } = before;
  if (now.monotonicMs < believedUntilMs) return before;
  const expiredAt = { ...now, wallMs: now.wallMs - (now.monotonicMs - believedUntilMs) };
  const message = `no answer for ${formatDuration(believedMs)}`;
  return judgement(
    before,
    { ...status, healthy: false, message, stale: true },
    expiredAt,
    Number.POSITIVE_INFINITY,
  );
}

/** An answer that is believed, or that is stale by now. */
function hasAnswered({ status, believedUntilMs }: Judgement): boolean {
  return status.stale || believedUntilMs < Number.POSITIVE_INFINITY;
}

function judgement(
  before: Judgement | undefined,
  status: Omit<ProviderStatus, 'sinceMs'>,
  now: Moment,
  believedUntilMs: number,
): Judgement {
  const same = before?.status.healthy === status.healthy && before.status.checked === status.checked;
  const sinceMs = before && same ? before.status.sinceMs : now.wallMs;
  return { status: Object.freeze({ ...status, sinceMs }), believedUntilMs };
}
