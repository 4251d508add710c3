import { CLUSTER_ABLATIONS } from '../ablations/ablations.js';
import type { Exploration, Violation } from '../exploration/explore.js';
import { exploreSubject, SUBJECTS } from '../exploration/subjects.js';
import { calmOf, clusterScenarioOf } from '../running/scenario.js';
import { type ClusterOutcome, simulateCluster } from '../running/simulate-cluster.js';

/** What one thread does at a time. */
export type ClusterJob =
  | { readonly kind: 'exploration'; readonly at: number; readonly maxTransitions: number }
  | { readonly kind: 'model' | 'calm'; readonly seed: number }
  | { readonly kind: 'ablation'; readonly at: number; readonly seed: number; readonly ablated: boolean };

/** Simulations, added up. */
export interface ClusterTally {
  seeds: number;
  providerHours: number;
  beats: number;
  transitions: number;
  takeovers: number;
  faults: Record<string, number>;
  violations: Record<string, number>;
  /** Of providers that stopped for good or were found before they came back, in milliseconds. */
  longestDetectionMs: number;
}

export type ClusterJobResult =
  | { readonly exploration: Omit<Exploration, 'violations'>; readonly violations: readonly Violation[] }
  | { readonly tally: ClusterTally };

/** Of how many states the future is looked at, in the long run. */
export const FUTURE_EVERY = 100;
/** Enough for every subject; the number of transitions ends it. */
const MAX_DEPTH = 40;

export function runClusterJob(job: ClusterJob): ClusterJobResult {
  if (job.kind === 'exploration') {
    const { maxTransitions } = job;
    const limits = { depth: MAX_DEPTH, maxTransitions, futureEvery: FUTURE_EVERY };
    const { violations, ...exploration } = exploreSubject(
      SUBJECTS[job.at] as (typeof SUBJECTS)[number],
      limits,
    );
    return { exploration, violations };
  }
  if (job.kind === 'ablation') {
    const { rules, scenario } = CLUSTER_ABLATIONS[job.at] as (typeof CLUSTER_ABLATIONS)[number];
    return { tally: tallyOf(simulateCluster(scenario(job.seed), job.ablated ? rules : {})) };
  }
  return {
    tally: tallyOf(simulateCluster(job.kind === 'calm' ? calmOf(job.seed) : clusterScenarioOf(job.seed))),
  };
}

function tallyOf({ findings, detectionsMs, faults, ...counted }: ClusterOutcome): ClusterTally {
  const violations: Record<string, number> = {};
  for (const { violation } of findings) violations[violation] = (violations[violation] ?? 0) + 1;
  return {
    ...counted,
    seeds: 1,
    faults: { ...faults },
    violations,
    longestDetectionMs: Math.max(0, ...detectionsMs),
  };
}

/** Adds tallies up. */
export function sumOf(tallies: readonly ClusterTally[]): ClusterTally {
  const total: ClusterTally = {
    seeds: 0,
    providerHours: 0,
    beats: 0,
    transitions: 0,
    takeovers: 0,
    faults: {},
    violations: {},
    longestDetectionMs: 0,
  };
  for (const one of tallies) {
    for (const name of ['seeds', 'providerHours', 'beats', 'transitions', 'takeovers'] as const)
      total[name] += one[name];
    for (const group of ['faults', 'violations'] as const)
      for (const [name, count] of Object.entries(one[group]))
        total[group][name] = (total[group][name] ?? 0) + count;
    total.longestDetectionMs = Math.max(total.longestDetectionMs, one.longestDetectionMs);
  }
  total.providerHours = Math.round(total.providerHours);
  return total;
}

/** All together. */
export function countOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, each) => sum + each, 0);
}
