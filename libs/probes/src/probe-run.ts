import type { Clock, RunningClock } from '@vitals/core/time';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ConnectionStep, Connector, Destination } from './connector.js';

/** What a probe is doing, in words that follow "while". */
export type ProbeStep = ConnectionStep | 'waiting for the answer' | 'reading the answer';

/** Ends what a probe left open; nobody reads it. */
const OVER = new Error('the probe is over');

/**
 * One look at a target, from its start to its end: how far it is, and the signal that fires when its time is up or
 * it is over. A standstill of this process (blocked event loop, suspended machine) is made good once, up to the
 * timeout again, and input that has arrived by then is handled first: the target did not cause it.
 */
export class ProbeRun {
  step: ProbeStep = 'connecting';
  private readonly abort = new AbortController();
  private readonly beganMs: number;
  private readonly pausedBeforeMs: number;
  private cancel: () => void;
  private expired = false;

  /** @param timeoutMs from now until the signal fires, in milliseconds */
  constructor(
    private readonly clock: Clock,
    private readonly running: RunningClock,
    readonly timeoutMs: number,
  ) {
    running.nowMs();
    this.beganMs = clock.monotonicMs();
    this.pausedBeforeMs = running.pausedMs;
    this.cancel = clock.after(timeoutMs, () => this.due());
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** Whether the time was up before the end. */
  get isExpired(): boolean {
    return this.expired;
  }

  /** How long it has taken so far, in milliseconds. */
  get elapsedMs(): number {
    return this.clock.monotonicMs() - this.beganMs;
  }

  /** Opens a connection within the run, whose step follows it. @throws what `Connector.connect` throws */
  connect(connector: Connector, destination: Destination): Promise<Socket | TLSSocket> {
    return connector.connect(destination, this.signal, (step) => (this.step = step));
  }

  /** Fires the signal for whatever is still open. */
  end(): void {
    this.cancel();
    this.abort.abort(OVER);
  }

  private due(): void {
    this.running.nowMs();
    const stoodStillMs = this.running.pausedMs - this.pausedBeforeMs;
    if (stoodStillMs > 0) this.cancel = this.clock.after(Math.min(stoodStillMs, this.timeoutMs), this.expire);
    else this.expire();
  }

  private readonly expire = (): void => {
    this.clock.soon(() => {
      if (this.signal.aborted) return;
      this.expired = true;
      this.abort.abort(OVER);
    });
  };
}
