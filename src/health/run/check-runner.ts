import type { CancelTimer, Clock } from '../../time/clock.js';
import { formatDuration } from '../../time/duration.js';
import type { Check, CheckResult } from '../health-check.js';
import type { HealthState } from '../status.js';
import { UnfinishedRuns } from './bounded-runs.js';
import { Damping } from './damping.js';
import { inTime } from './in-time.js';
import { notRun, runCheck } from './run-check.js';

/** A check whose runs hang is tried again after ten timeouts, and this many milliseconds at least. */
const MIN_TRIAL_MS = 30_000;

/** While a run is late, the one before it counts for `cacheFor` and three probes of Kubernetes, in milliseconds. */
const LATE_BELIEVED_MS = 30_000;

/** Why a result is `DOWN` that is older than its check allows. */
const STALE = 'stale';

/** Timers may fire a little before their time, and then nothing would be stale yet. */
const TIMER_EARLY_MS = 2;

/** Who is told of what the runner did, at once and in order. What it throws is dropped. */
export interface RunObserver {
  /** A run ended; the result before flap damping. */
  readonly ran?: (result: CheckResult) => void;
  /** What is told of a check is another state than before; `from` is `undefined` of the first that is known. */
  readonly changed?: (result: CheckResult, from: HealthState | undefined) => void;
}

/** What is remembered of one check. */
interface Memory {
  readonly damping: Damping;
  readonly unfinished: UnfinishedRuns;
  current: Promise<CheckResult> | undefined;
  last: CheckResult | undefined;
  /** The name of the last result, which outlives it. */
  name: string | undefined;
  lastAtMs: number;
  told: HealthState | undefined;
  cancelStale: CancelTimer | undefined;
}

/**
 * Answers for checks: with a new run, with the run in progress (single flight), or with the last result while
 * the check is cached or runs in the background. Everything is remembered by check, never by name; a check keeps the
 * name that it reported last, also when it throws, times out or is not run. A check that
 * hangs is `DOWN` without being started while `UnfinishedRuns` blocks it. A background result that is older than `staleAfterMs` is `DOWN`, and found out without being asked for.
 */
export class CheckRunner {
  private readonly memories = new WeakMap<Check, Memory>();

  constructor(
    private readonly clock: Clock,
    private readonly observer: RunObserver = {},
  ) {}

  /** What is to be told of a check now; at once if it is known, and never a rejection. */
  result(check: Check): CheckResult | Promise<CheckResult> {
    const memory = this.memoryOf(check);
    if (memory.last && (check.everyMs !== undefined || check.cacheForMs > 0)) {
      const ageMs = this.clock.monotonicMs() - memory.lastAtMs;
      if (check.everyMs !== undefined) return this.aged(check, memory, memory.last, ageMs);
      if (ageMs < check.cacheForMs) return { ...memory.last, ageMs };
    }
    return memory.current ?? this.start(check, memory);
  }

  /**
   * What is to be told of several checks, which run in parallel; in their order. A check without a result after
   * `withinMs` is told by its last one; its run goes on, and counts for the next answer.
   */
  results(checks: readonly Check[], withinMs = Infinity): CheckResult[] | Promise<CheckResult[]> {
    const results = checks.map((check) => this.result(check));
    return inTime(this.clock, results, withinMs, (at) => this.overdue(checks[at] as Check, withinMs));
  }

  /** Runs a check now, whatever is remembered of it, or joins the run in progress. */
  run(check: Check): CheckResult | Promise<CheckResult> {
    const memory = this.memoryOf(check);
    return memory.current ?? this.start(check, memory);
  }

  /** The last result of a check, whatever its age; `undefined` if it never ran. */
  last(check: Check): CheckResult | undefined {
    return this.memories.get(check)?.last;
  }

  /** Drops the last result of a check, and lets go of a run in progress; what was told of it still stands. */
  expire(check: Check): void {
    const memory = this.memoryOf(check);
    memory.last = undefined;
    memory.current = undefined;
  }

  /** Drops everything that is remembered of a check; a run in progress still ends, and is not remembered. */
  forget(check: Check): void {
    const memory = this.memories.get(check);
    memory?.cancelStale?.();
    if (memory) memory.current = undefined;
    this.memories.delete(check);
  }

  private start(check: Check, memory: Memory): CheckResult | Promise<CheckResult> {
    const { blocking } = memory.unfinished;
    if (blocking !== undefined) {
      const reason = `${blocking} earlier runs have not ended; the check ignores its abort signal`;
      return this.remember(check, memory, notRun(check, this.clock, reason, memory.name));
    }
    const { result } = memory.unfinished.start(() => runCheck(check, this.clock, memory.name));
    if (!(result instanceof Promise)) return this.remember(check, memory, result);
    const current: Promise<CheckResult> = result.then((ended) => {
      if (memory.current !== current) return ended;
      memory.current = undefined;
      return this.remember(check, memory, ended);
    });
    return (memory.current = current);
  }

  private remember(check: Check, memory: Memory, raw: CheckResult): CheckResult {
    if (this.memories.get(check) !== memory) return raw;
    this.observe(() => this.observer.ran?.(raw));
    const { state, reason } = memory.damping.next(raw.state, raw.reason);
    const told = state === raw.state && reason === raw.reason ? raw : { ...raw, state, reason };
    memory.last = told;
    memory.name = told.name;
    memory.lastAtMs = this.clock.monotonicMs();
    this.tell(memory, told);
    if (check.everyMs !== undefined) {
      memory.cancelStale?.();
      memory.cancelStale = this.clock.after(
        check.staleAfterMs + TIMER_EARLY_MS,
        () => void this.result(check),
      );
    }
    return told;
  }

  /** The last result with its age; `DOWN` if there is none, or none that may still be believed. */
  private overdue(check: Check, withinMs: number): CheckResult {
    const memory = this.memoryOf(check);
    if (!memory.last)
      return notRun(check, this.clock, `no result within ${withinMs} ms, and none from before`, memory.name);
    const ageMs = this.clock.monotonicMs() - memory.lastAtMs;
    if (ageMs < check.cacheForMs + LATE_BELIEVED_MS) return { ...memory.last, ageMs };
    // it is of this answer: the run that goes on decides whether the state of the check changes
    const reason = `no result within ${withinMs} ms; the last one is ${formatDuration(ageMs)} old`;
    return { ...memory.last, state: 'DOWN', reason, ageMs, error: undefined };
  }

  private aged(check: Check, memory: Memory, last: CheckResult, ageMs: number): CheckResult {
    if (ageMs < check.staleAfterMs) return { ...last, ageMs };
    const stale: CheckResult = { ...last, state: 'DOWN', reason: STALE, ageMs, error: undefined };
    memory.damping.fall();
    this.tell(memory, stale);
    return stale;
  }

  private tell(memory: Memory, result: CheckResult): void {
    const from = memory.told;
    if (from === result.state) return;
    memory.told = result.state;
    if (from === undefined && result.state === 'UP') return;
    this.observe(() => this.observer.changed?.(result, from));
  }

  /** Who watches must not be able to spoil what is watched. */
  private observe(tell: () => void): void {
    try {
      tell();
    } catch {
      // its own fault, and nobody here to tell
    }
  }

  private memoryOf(check: Check): Memory {
    const known = this.memories.get(check);
    if (known) return known;
    const memory: Memory = {
      damping: new Damping(check.failureThreshold, check.successThreshold),
      unfinished: new UnfinishedRuns(this.clock, Math.max(10 * check.timeoutMs, MIN_TRIAL_MS)),
      current: undefined,
      last: undefined,
      name: undefined,
      lastAtMs: 0,
      told: undefined,
      cancelStale: undefined,
    };
    this.memories.set(check, memory);
    return memory;
  }
}
