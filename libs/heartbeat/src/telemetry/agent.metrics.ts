import { FAILURE_CAUSES, type FailureCause } from '../wire/failure.js';
import type { Phase } from '../wire/provider.js';

/** What a request was about. */
export type CallKind = 'registration' | 'beat' | 'info';

/** How long acknowledged beats took. */
export interface LatencyHistogram {
  /** For each of `LATENCY_BOUNDS_MS`, how many took at most that long. */
  readonly cumulated: readonly number[];
  readonly count: number;
  readonly sumMs: number;
}

/** What an agent has done so far, over all its starts. */
export interface AgentMetrics {
  /** Beats that were acknowledged. */
  readonly sent: number;
  /** Requests of any kind that failed. */
  readonly failed: number;
  readonly failures: Readonly<Record<CallKind, number>>;
  /** The same requests, by why they failed. */
  readonly causes: Readonly<Record<FailureCause, number>>;
  readonly registrations: number;
  /** Info updates that were acknowledged. */
  readonly infoSent: number;
  readonly lastLatencyMs: number | undefined;
  readonly latency: LatencyHistogram;
  /** Epoch milliseconds at which the last beat was sent that was acknowledged. */
  readonly lastBeatAtMs: number | undefined;
  /** The interval last told. */
  readonly intervalMs: number;
  /** What was last acknowledged. */
  readonly phase: Phase | undefined;
  /** `undefined` while not registered. */
  readonly generation: number | undefined;
}

/** Upper bounds of the latency histogram, in milliseconds. */
export const LATENCY_BOUNDS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500] as const;

/** A beat that was acknowledged. */
export interface AcknowledgedBeat {
  readonly phase: Phase;
  readonly latencyMs: number;
  readonly sentAtMs: number;
}

/** Counts. */
export class MetricsRecorder {
  registrations = 0;
  infoSent = 0;
  private readonly failures = { registration: 0, beat: 0, info: 0 };
  private readonly causes = Object.fromEntries(FAILURE_CAUSES.map((cause) => [cause, 0])) as Record<
    FailureCause,
    number
  >;
  private readonly cumulated: number[] = LATENCY_BOUNDS_MS.map(() => 0);
  private sumMs = 0;
  private sent = 0;
  private last: AcknowledgedBeat | undefined;

  /** @param intervalMs the interval last told; at first the one until the control plane has told one */
  constructor(public intervalMs: number) {}

  failed(kind: CallKind, cause: FailureCause): void {
    this.failures[kind]++;
    this.causes[cause]++;
  }

  beat(beat: AcknowledgedBeat): void {
    this.sent++;
    this.sumMs += beat.latencyMs;
    this.last = beat;
    LATENCY_BOUNDS_MS.forEach((bound, at) => {
      if (beat.latencyMs <= bound) this.cumulated[at] = (this.cumulated[at] ?? 0) + 1;
    });
  }

  /** A copy, as of now. */
  snapshot(generation: number | undefined): AgentMetrics {
    const { registration, beat, info } = this.failures;
    return {
      sent: this.sent,
      failed: registration + beat + info,
      failures: { ...this.failures },
      causes: { ...this.causes },
      registrations: this.registrations,
      infoSent: this.infoSent,
      lastLatencyMs: this.last?.latencyMs,
      latency: { cumulated: [...this.cumulated], count: this.sent, sumMs: this.sumMs },
      lastBeatAtMs: this.last?.sentAtMs,
      intervalMs: this.intervalMs,
      phase: this.last?.phase,
      generation,
    };
  }
}
