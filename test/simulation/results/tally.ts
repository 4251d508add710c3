import type { Outcome } from '../simulation.js';

/** Detection times are counted by tenths of a second. */
const BIN_MS = 100;

/** Sums over simulations. */
export interface Tally {
  seeds: number;
  providerHours: number;
  beats: number;
  controlPlaneCrashes: number;
  crashesFound: number;
  violations: Record<string, number>;
  /** How many crashes were found within each tenth of a second. */
  detectionBins: number[];
  worstDetectionMs: number;
  worstShareOfBound: number;
}

export function emptyTally(): Tally {
  return {
    seeds: 0,
    providerHours: 0,
    beats: 0,
    controlPlaneCrashes: 0,
    crashesFound: 0,
    violations: {},
    detectionBins: [],
    worstDetectionMs: 0,
    worstShareOfBound: 0,
  };
}

export function tallyOf(outcome: Outcome): Tally {
  const tally = emptyTally();
  tally.seeds = 1;
  tally.providerHours = outcome.providerHours;
  tally.beats = outcome.beats;
  tally.controlPlaneCrashes = outcome.controlPlaneCrashes;
  tally.worstShareOfBound = outcome.worstShareOfBound;
  for (const { violation } of outcome.findings) {
    tally.violations[violation] = (tally.violations[violation] ?? 0) + 1;
  }
  addDetections(tally, outcome.detectionsMs);
  return tally;
}

/** Counts the times from crashes to their detection. */
export function addDetections(tally: Tally, detectionsMs: readonly number[]): void {
  for (const tookMs of detectionsMs) {
    const bin = Math.floor(tookMs / BIN_MS);
    tally.detectionBins[bin] = (tally.detectionBins[bin] ?? 0) + 1;
    tally.crashesFound++;
    tally.worstDetectionMs = Math.max(tally.worstDetectionMs, tookMs);
  }
}

export function sum(tallies: readonly Tally[]): Tally {
  const total = emptyTally();
  for (const tally of tallies) {
    total.seeds += tally.seeds;
    total.providerHours += tally.providerHours;
    total.beats += tally.beats;
    total.controlPlaneCrashes += tally.controlPlaneCrashes;
    total.crashesFound += tally.crashesFound;
    for (const [violation, count] of Object.entries(tally.violations)) {
      total.violations[violation] = (total.violations[violation] ?? 0) + count;
    }
    tally.detectionBins.forEach((count, bin) => {
      total.detectionBins[bin] = (total.detectionBins[bin] ?? 0) + count;
    });
    total.worstDetectionMs = Math.max(total.worstDetectionMs, tally.worstDetectionMs);
    total.worstShareOfBound = Math.max(total.worstShareOfBound, tally.worstShareOfBound);
  }
  return total;
}

/** The time within which this share of the crashes was found, rounded up to a tenth of a second. */
export function quantileMs({ detectionBins, crashesFound }: Tally, share: number): number {
  let left = share * crashesFound;
  for (let bin = 0; bin < detectionBins.length; bin++) {
    left -= detectionBins[bin] ?? 0;
    if (left <= 0) return (bin + 1) * BIN_MS;
  }
  return 0;
}
