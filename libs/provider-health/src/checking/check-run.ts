import type { CheckContext } from '@vitals/core/health';
import { type Clock, formatDuration } from '@vitals/core/time';
import { ask } from './answer.js';
import type { Outcome } from './outcome.js';

/** One run of a check. */
export interface CheckRun {
  /** There within the timeout and two turns of the event loop; never rejects. */
  readonly outcome: Promise<Outcome>;
  /** Settles when the checker has let go, which may be never. */
  readonly finished: Promise<void>;
  /** Fires the checker's signal, unless it has let go already. */
  readonly abort: (reason: string) => void;
}

/**
 * Checks a provider once, whatever its checker does:
 * 1. at the deadline, what has already arrived is handled first: an answer that only this process is late to read
 *    is in time;
 * 2. then the signal fires, and a checker that heeds it and fails has answered that it is unhealthy;
 * 3. who is silent then is cut off. A healthy answer after the signal is late, and is discarded.
 */
export function runCheck(provider: object, timeoutMs: number, clock: Clock): CheckRun {
  const startedAtMs = clock.monotonicMs();
  const latencyMs = (): number => clock.monotonicMs() - startedAtMs;
  const context = new RunContext();
  const answer = ask(provider, context);
  const tooLate = `timed out after ${formatDuration(timeoutMs)}`;
  let answered = false;
  const outcome = new Promise<Outcome>((resolve) => {
    let expired = false;
    const cutOff = (): void => resolve({ kind: 'cut-off', message: tooLate, latencyMs: latencyMs() });
    const expire = (): void => {
      if (answered) return;
      expired = true;
      context.abort(tooLate);
      clock.soon(cutOff);
    };
    const cancel = clock.after(timeoutMs, () => clock.soon(expire));
    void answer.then((given) => {
      answered = true;
      cancel();
      if (!given) resolve({ kind: 'unchecked' });
      else if (!expired) resolve({ kind: 'answered', ...given, latencyMs: latencyMs() });
      else if (!given.healthy) {
        const message = given.message === tooLate ? tooLate : `${tooLate}: ${given.message}`;
        resolve({ kind: 'answered', healthy: false, message, latencyMs: latencyMs() });
      }
    });
  });
  const abort = (reason: string): void => {
    if (!answered) context.abort(reason);
  };
  return { outcome, finished: answer.then(() => undefined), abort };
}

/** Makes its signal when it is first asked for: many checkers never look at it. */
class RunContext implements CheckContext {
  private controller: AbortController | undefined;
  private reason: Error | undefined;

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.reason) this.controller.abort(this.reason);
    return this.controller.signal;
  }

  abort(reason: string): void {
    this.reason ??= new Error(reason);
    this.controller?.abort(this.reason);
  }
}
