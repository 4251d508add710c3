import type { CheckResult } from '../health-check.js';
import type { HealthState } from '../status.js';

/** All states, in the order in which they are written. */
export const HEALTH_STATES: readonly HealthState[] = ['UP', 'DEGRADED', 'DOWN'];

/** Upper bounds of the duration buckets in seconds, rising; what is over the last counts only for the total. */
export const DURATION_BUCKETS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** What became of the runs of one check so far. */
export interface CheckRecord {
  /** How many runs ended in each state. */
  readonly runs: Readonly<Record<HealthState, number>>;
  /** How often the state changed, by the state before, then the one after. */
  readonly transitions: Readonly<Record<HealthState, Readonly<Record<HealthState, number>>>>;
  /** Runs by the first of `DURATION_BUCKETS` that they fit in, not cumulated; longer ones are in none. */
  readonly durations: readonly number[];
  /** How long all runs took together, in seconds. */
  readonly durationSumSeconds: number;
  /** Epoch milliseconds at which the last run ended; `undefined` if none did. */
  readonly lastRunAtMs: number | undefined;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] extends object ? Writable<T[K]> : T[K] };

/** Counts what checks did, by identity. Takes memory for as many checks as have been seen and not forgotten. */
export class CheckMetrics {
  private readonly records = new Map<string, Writable<CheckRecord>>();

  /** What is known, by identity, in the order in which checks were first seen. */
  get checks(): ReadonlyMap<string, CheckRecord> {
    return this.records;
  }

  /** Counts a run; a result that is served again is none. */
  observe({ id, state, durationMs, checkedAtMs }: CheckResult): void {
    const record = this.recordOf(id);
    const seconds = durationMs / 1000;
    record.runs[state]++;
    record.durationSumSeconds += seconds;
    record.lastRunAtMs = checkedAtMs;
    const bucket = DURATION_BUCKETS.findIndex((bound) => seconds <= bound);
    if (bucket >= 0) record.durations[bucket] = (record.durations[bucket] ?? 0) + 1;
  }

  /** Counts a change of state; the first state that is known of a check is none. */
  changed(id: string, from: HealthState | undefined, to: HealthState): void {
    if (from !== undefined && from !== to) this.recordOf(id).transitions[from][to]++;
  }

  /** Drops a check that is gone; a run that is counted afterwards would begin anew. */
  forget(id: string): void {
    this.records.delete(id);
  }

  private recordOf(id: string): Writable<CheckRecord> {
    const known = this.records.get(id);
    if (known) return known;
    const record: Writable<CheckRecord> = {
      runs: noneOf(),
      transitions: { UP: noneOf(), DEGRADED: noneOf(), DOWN: noneOf() },
      durations: DURATION_BUCKETS.map(() => 0),
      durationSumSeconds: 0,
      lastRunAtMs: undefined,
    };
    this.records.set(id, record);
    return record;
  }
}

function noneOf(): Record<HealthState, number> {
  return { UP: 0, DEGRADED: 0, DOWN: 0 };
}
