import { DEFAULT_INTERVALS } from '@vitals/core/lease';

/**
 * What an agent can know of its own lease: it lasts for as many intervals as beats may be missed, counted from when
 * the last acknowledged beat was sent. The grace that the control plane adds is for the way there and back. A control
 * plane may allow more than the default 3 beats: then this ends early, to nobody's harm. Monotonic milliseconds.
 */
export class OwnLease {
  private endsMs = 0;

  /** A beat, or a registration, was sent at `sentMs` and acknowledged. */
  extend(sentMs: number, intervalMs: number): void {
    this.endsMs = sentMs + DEFAULT_INTERVALS.missedBeats * intervalMs;
  }

  /** The control plane knows nothing of it. */
  end(): void {
    this.endsMs = 0;
  }

  /** How long it lasts from now on; 0 if there is none. */
  leftMs(nowMs: number): number {
    return Math.max(0, this.endsMs - nowMs);
  }
}
