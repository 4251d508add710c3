import type { Clock } from '@vitals/core/time';
import { Alarm } from '../timing/alarm.js';
import type { Phase } from '../wire/provider.js';
import type { PhaseCheck, PhaseFinding } from './phase-check.js';

/**
 * Runs a check again and again, never twice at a time: each run begins `everyMs` after the one before it, or when
 * that has ended if it took longer.
 */
export class PhaseWatch {
  private found: PhaseFinding | undefined;

  /** @param changed told of the first finding, and of each whose phase is another than the one before */
  constructor(
    private readonly check: PhaseCheck,
    private readonly everyMs: number,
    private readonly clock: Clock,
    private readonly changed: (finding: PhaseFinding) => void,
  ) {}

  /** What was found last; `Starting` before anything was. */
  get phase(): Phase {
    return this.found?.phase ?? 'Starting';
  }

  /** Ends when `signal` fires, and the run under way has been ended. */
  async run(signal: AbortSignal): Promise<void> {
    const alarm = new Alarm(this.clock);
    signal.addEventListener('abort', () => alarm.wake(), { once: true });
    while (!signal.aborted) {
      const startedMs = this.clock.monotonicMs();
      const finding = await this.check(signal);
      if (signal.aborted) return;
      const isNews = finding.phase !== this.found?.phase;
      this.found = finding;
      if (isNews) this.changed(finding);
      await alarm.sleep(this.everyMs - (this.clock.monotonicMs() - startedMs), signal);
    }
  }
}
