import type { Clock } from '@vitals/core/time';

/** Whose requests are counted: one number is all that it takes. */
export interface Limited {
  /** Monotonic milliseconds at which the allowance will be whole again; 0 at first. */
  nextRequestMs: number;
}

/**
 * The generic cell rate algorithm (ITU-T I.371), which allows what a token bucket of the same rate and burst
 * allows: each request moves the time at which the allowance is whole again by 1/rate, and one that would move
 * it beyond the burst is refused, and costs nothing.
 */
export class RateLimiter {
  private readonly costMs: number;
  private readonly burstMs: number;

  /** @param perSecond requests per second; 0 for no limit */
  constructor(
    private readonly clock: Clock,
    perSecond: number,
    burst: number,
  ) {
    this.costMs = perSecond > 0 ? 1_000 / perSecond : 0;
    this.burstMs = this.costMs * burst;
  }

  /** Whether a request may be made now; if so, it is counted. */
  allow(limited: Limited): boolean {
    if (this.costMs === 0) return true;
    const nowMs = this.clock.monotonicMs();
    const nextMs = Math.max(nowMs, limited.nextRequestMs) + this.costMs;
    if (nextMs - nowMs > this.burstMs + ROUNDING_MS) return false;
    limited.nextRequestMs = nextMs;
    return true;
  }
}

/** What many additions of a fraction lose. */
const ROUNDING_MS = 1e-6;
