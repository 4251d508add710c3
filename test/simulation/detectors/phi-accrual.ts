import { Detector } from './detector.js';

/** Intervals that the estimate rests on, and the least deviation that it assumes. */
const WINDOW = 100;
const MIN_DEVIATION_MS = 500;
/** Until there are so many intervals, the first estimate counts. */
const FIRST_MEAN_MS = 10_000;
const FIRST_DEVIATION_MS = 2_500;

/** How many deviations above the mean the standard normal tail is 10^-threshold. */
const DEVIATIONS: Readonly<Record<number, number>> = { 8: 5.612, 12: 7.034 };

interface Estimate {
  readonly intervalsMs: Float64Array;
  count: number;
  sum: number;
  squares: number;
  deadlineMs: number;
}

/**
 * Phi accrual (Hayashibara et al., 2004): intervals are taken for normally distributed, and phi is −log10 of
 * the chance that one is longer than the silence so far. Phi passes its threshold at a time that is known as
 * soon as a beat arrives: mean + deviations × standard deviation.
 */
export class PhiAccrual extends Detector {
  readonly name: string;
  private readonly deviations: number;
  private readonly estimates: (Estimate | undefined)[] = [];

  constructor(threshold: 8 | 12) {
    super();
    this.name = `phi accrual ${threshold}`;
    this.deviations = DEVIATIONS[threshold] as number;
  }

  heard(index: number, nowMs: number, intervalMs: number | undefined): void {
    const estimate = (this.estimates[index] ??= {
      intervalsMs: new Float64Array(WINDOW),
      count: 0,
      sum: 0,
      squares: 0,
      deadlineMs: 0,
    });
    if (intervalMs !== undefined) this.add(estimate, intervalMs);
    const samples = Math.min(estimate.count, WINDOW);
    const mean = samples < 2 ? FIRST_MEAN_MS : estimate.sum / samples;
    const variance = samples < 2 ? FIRST_DEVIATION_MS ** 2 : estimate.squares / samples - mean ** 2;
    const deviation = Math.max(MIN_DEVIATION_MS, Math.sqrt(Math.max(0, variance)));
    estimate.deadlineMs = nowMs + mean + this.deviations * deviation;
  }

  deadlineMs(index: number): number {
    return this.estimates[index]?.deadlineMs ?? Number.POSITIVE_INFINITY;
  }

  private add(estimate: Estimate, intervalMs: number): void {
    const place = estimate.count % WINDOW;
    const gone = estimate.intervalsMs[place] as number;
    estimate.intervalsMs[place] = intervalMs;
    estimate.count++;
    estimate.sum += intervalMs - gone;
    estimate.squares += intervalMs ** 2 - gone ** 2;
  }
}
