import { beforeDeadline, RunContext, UnfinishedRuns } from '@vitals/core/health';
import { type Clock, formatDuration } from '@vitals/core/time';
import { type Answer, ask } from './health-checker.js';
import type { ProviderHealthSettings } from './provider-health.settings.js';

/** A checker whose calls hang is tried again after so many intervals. */
const TRIAL_INTERVALS = 10;

/** What one check of a provider came to. */
export type Outcome =
  /** It answered in time, or failed in time; the message is redacted. */
  | {
      readonly kind: 'answered';
      readonly healthy: boolean;
      readonly message: string;
      readonly latencyMs: number;
    }
  /** It did not answer in time: nothing was found out. */
  | { readonly kind: 'cut-off'; readonly message: string; readonly latencyMs: number }
  /** There is nothing to ask: the provider does not implement `HealthChecker`. */
  | { readonly kind: 'unchecked' };

/**
 * Checks one provider, whatever its checker does. A checker that heeds its signal at the deadline and fails has
 * answered that it is unhealthy; a healthy answer after the signal is late, and is discarded. One that hangs is cut
 * off without being started while earlier calls have not ended, but for a trial now and then.
 */
export class ProviderCheck {
  private readonly unfinished: UnfinishedRuns;
  private current: RunContext | undefined;

  constructor(
    private readonly provider: object,
    private readonly settings: Pick<ProviderHealthSettings, 'checkTimeoutMs' | 'pollIntervalMs'>,
    private readonly clock: Clock,
  ) {
    this.unfinished = new UnfinishedRuns(clock, TRIAL_INTERVALS * settings.pollIntervalMs);
  }

  /** Checks it now; not to be called before the outcome of the run before. Never rejects. */
  run(): Promise<Outcome> {
    const { blocking } = this.unfinished;
    if (blocking === undefined) return this.unfinished.start(() => this.start()).result;
    const message = `${blocking} earlier checks have not ended; the checker ignores its signal`;
    return Promise.resolve({ kind: 'cut-off', message, latencyMs: 0 });
  }

  /** Fires the signal of the run in progress, unless it has answered; the checker is expected to let go. */
  abort(reason: string): void {
    this.current?.abort(reason);
  }

  private start() {
    const { clock } = this;
    const timeoutMs = this.settings.checkTimeoutMs;
    const startedAtMs = clock.monotonicMs();
    const latencyMs = (): number => clock.monotonicMs() - startedAtMs;
    const reason = `timed out after ${formatDuration(timeoutMs)}`;
    const context = (this.current = new RunContext());
    const answer = ask(this.provider, context).then((given: Answer): Outcome => {
      if (this.current === context) this.current = undefined;
      return given ? { kind: 'answered', ...given, latencyMs: latencyMs() } : { kind: 'unchecked' };
    });
    return beforeDeadline<Outcome>(clock, context, answer, {
      timeoutMs,
      reason,
      cutOff: () => ({ kind: 'cut-off', message: reason, latencyMs: latencyMs() }),
      heeded: (late) => {
        if (late.kind !== 'answered') return late;
        if (late.healthy) return undefined;
        return { ...late, message: late.message === reason ? reason : `${reason}: ${late.message}` };
      },
    });
  }
}
