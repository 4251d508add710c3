import type { Clock } from '@vitals/core/time';
import { type CheckRun, runCheck } from './check-run.js';
import type { Outcome } from './outcome.js';

/** Runs that may have outlived their timeout before no further one is started. */
const MAX_UNFINISHED = 4;

/** Then one of so many is started all the same, to see whether the checker hangs still. */
const RUNS_PER_TRIAL = 10;

/**
 * Checks one provider. A checker that hangs cannot pile up runs: while four of them have not let go, it is cut off
 * without being started, but for a trial now and then.
 */
export class ProviderCheck {
  private current: CheckRun | undefined;
  private unfinished = 0;
  private withheld = 0;

  /** @param timeoutMs how long a run may take, in milliseconds */
  constructor(
    private readonly provider: object,
    private readonly timeoutMs: number,
    private readonly clock: Clock,
  ) {}

  /** Checks it now; not to be called before the outcome of the run before. Never rejects. */
  run(): Promise<Outcome> {
    if (this.unfinished >= MAX_UNFINISHED && ++this.withheld < RUNS_PER_TRIAL) {
      const message = `${this.unfinished} earlier checks have not ended; the checker ignores its signal`;
      return Promise.resolve({ kind: 'cut-off', message, latencyMs: 0 });
    }
    this.withheld = 0;
    this.unfinished++;
    const run = runCheck(this.provider, this.timeoutMs, this.clock);
    this.current = run;
    // those that are still out were of a time when it hung; it does not any more
    void run.finished.then(() => (this.unfinished = 0));
    return run.outcome;
  }

  /** Fires the signal of the run in progress; the checker is expected to let go. */
  abort(reason: string): void {
    this.current?.abort(reason);
  }
}
