import type { Clock } from '../../time/clock.js';
import type { CheckContext } from '../health-check.js';

/** Runs of one check that may have outlived their timeout before no further one is started. */
const MAX_UNFINISHED = 4;

/** What a run is given. Its signal is made when it is first asked for: most checks never look at it. */
export class RunContext implements CheckContext {
  private controller: AbortController | undefined;
  private reason: Error | undefined;

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.reason) this.controller.abort(this.reason);
    return this.controller.signal;
  }

  /** Whether the signal has fired. */
  get aborted(): boolean {
    return this.reason !== undefined;
  }

  /** Fires the signal; the first reason counts. */
  abort(reason: string): void {
    this.reason ??= new Error(reason);
    this.controller?.abort(this.reason);
  }
}

/** The end of a run that has not answered. */
export interface Deadline<T> {
  readonly timeoutMs: number;
  /** The reason of the signal. */
  readonly reason: string;
  /** The outcome of a run that is cut off. */
  readonly cutOff: () => T;
  /**
   * The outcome of an answer that the signal brought about; `undefined` discards it. Without this member a run is cut
   * off as the signal fires; with it, input that has arrived is handled before the signal and again before the cut.
   */
  readonly heeded?: (answer: T) => T | undefined;
}

/** A run that has been started. */
export interface StartedRun<T> {
  /** Settles by the deadline; never rejects. */
  readonly result: Promise<T>;
  /** Settles when the run itself has let go, which may be never. */
  readonly finished: Promise<void>;
}

/** Waits for the answer of a run, which must not reject, up to its deadline: then its signal fires and it is cut off. */
export function beforeDeadline<T>(
  clock: Pick<Clock, 'after' | 'soon'>,
  context: RunContext,
  answer: Promise<T>,
  { timeoutMs, reason, cutOff, heeded }: Deadline<T>,
): StartedRun<T> {
  let answered = false;
  let expired = false;
  let finished = Promise.resolve();
  const result = new Promise<T>((resolve) => {
    const cut = (): void => resolve(cutOff());
    const expire = (): void => {
      if (answered) return;
      expired = true;
      context.abort(reason);
      if (heeded) clock.soon(cut);
      else cut();
    };
    const cancel = clock.after(timeoutMs, heeded ? () => clock.soon(expire) : expire);
    finished = answer.then((given) => {
      answered = true;
      cancel();
      const counted = expired ? heeded?.(given) : given;
      if (counted !== undefined) resolve(counted);
    });
  });
  return { result, finished };
}

/**
 * Counts the runs of one check that have not let go. A check that ignores its signal cannot pile them up: while
 * `MAX_UNFINISHED` of them are out, a further one is started only as a trial, to see whether it hangs still.
 */
export class UnfinishedRuns {
  private count = 0;
  private startedAtMs = 0;

  /** @param trialAfterMs the least time from the start of a run to that of a trial, in milliseconds */
  constructor(
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    private readonly trialAfterMs: number,
  ) {}

  /** How many are out, if they forbid to start a further one now; else `undefined`. */
  get blocking(): number | undefined {
    if (this.count < MAX_UNFINISHED) return undefined;
    const isTrialDue = this.clock.monotonicMs() - this.startedAtMs >= this.trialAfterMs;
    return isTrialDue ? undefined : this.count;
  }

  /** Starts a run; `run` returns when it will have let go, or `undefined` if it has already. */
  start<R extends { readonly finished: Promise<void> | undefined }>(run: () => R): R {
    this.count++;
    this.startedAtMs = this.clock.monotonicMs();
    const started = run();
    // those that are still out were of a time when it hung; it does not any more
    if (started.finished) void started.finished.then(() => (this.count = 0));
    else this.count--;
    return started;
  }
}
