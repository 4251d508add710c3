/** Stops a timer that has not fired yet; calling it again, or later, does nothing. */
export type CancelTimer = () => void;

/**
 * The only source of time. Liveness and durations are judged on `monotonicMs`, which never jumps; `wallMs`
 * is for what people and other machines read.
 */
export abstract class Clock {
  /** Milliseconds since the Unix epoch; may jump in either direction. */
  abstract wallMs(): number;

  /** Milliseconds since an arbitrary origin; never decreases. */
  abstract monotonicMs(): number;

  /** Calls `run` once, `delayMs` from now. The timer does not keep the process alive. */
  abstract after(delayMs: number, run: () => void): CancelTimer;

  /** Calls `run` once, after the input that has already arrived was handled. */
  abstract soon(run: () => void): void;
}

/** The clock of the machine. */
export class SystemClock extends Clock {
  wallMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  after(delayMs: number, run: () => void): CancelTimer {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  }

  soon(run: () => void): void {
    setImmediate(run);
  }
}
