import { CLUSTER_ABLATIONS } from '../ablations/ablations.js';
import { SUBJECTS } from '../exploration/subjects.js';
import { type ClusterJob, type ClusterJobResult, type ClusterTally, countOf, sumOf } from './jobs.js';

export interface ExploredRow {
  readonly name: string;
  /** How many actions lead to where it begins. */
  readonly before: number;
  readonly depth: number;
  readonly states: number;
  readonly transitions: number;
  readonly violations: number;
}

export interface ClusterAblationRow {
  readonly name: string;
  readonly seeds: number;
  readonly seedsWithViolations: number;
  readonly violations: Readonly<Record<string, number>>;
  readonly violationsOfTheProduct: number;
}

/** The file that the long run writes. It holds nothing of the machine: every run writes the same. */
export interface ClusterResults {
  readonly command: string;
  readonly exploration: readonly ExploredRow[];
  readonly model: ClusterTally;
  readonly calm: ClusterTally;
  readonly ablations: readonly ClusterAblationRow[];
}

export interface FinishedClusterJob {
  readonly job: ClusterJob;
  readonly result: ClusterJobResult;
}

export function clusterResultsOf(finished: readonly FinishedClusterJob[]): ClusterResults {
  const tallies = (wanted: (job: ClusterJob) => boolean): ClusterTally[] =>
    finished.flatMap(({ job, result }) => (wanted(job) && 'tally' in result ? [result.tally] : []));
  const ablations = CLUSTER_ABLATIONS.map(({ name }, at) => {
    const of = (ablated: boolean) =>
      tallies((job) => job.kind === 'ablation' && job.at === at && job.ablated === ablated);
    const { seeds, violations } = sumOf(of(true));
    return {
      name,
      seeds,
      seedsWithViolations: of(true).filter((tally) => countOf(tally.violations) > 0).length,
      violations,
      violationsOfTheProduct: countOf(sumOf(of(false)).violations),
    };
  });
  const exploration = finished.flatMap(({ job, result }) => {
    if (job.kind !== 'exploration' || !('exploration' in result)) return [];
    const { name, before } = SUBJECTS[job.at] as (typeof SUBJECTS)[number];
    return [{ name, before: before.length, ...result.exploration, violations: result.violations.length }];
  });
  return {
    command: 'npm run simulate:cluster',
    exploration,
    model: sumOf(tallies(({ kind }) => kind === 'model')),
    calm: sumOf(tallies(({ kind }) => kind === 'calm')),
    ablations,
  };
}
