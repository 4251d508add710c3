import type { Job, JobResult } from './jobs.js';
import { quantileMs, sum, type Tally } from './tally.js';

/** One line of the results. Times in milliseconds. */
export interface ResultRow {
  readonly name: string;
  readonly seeds: number;
  readonly providerHours: number;
  readonly beats: number;
  readonly controlPlaneCrashes: number;
  readonly crashesFound: number;
  readonly violations: Readonly<Record<string, number>>;
  readonly medianDetectionMs: number;
  readonly p99DetectionMs: number;
  readonly worstDetectionMs: number;
  readonly worstShareOfBound: number;
}

/** A rule taken away, and the same simulations with it. */
export interface AblationRow {
  readonly name: string;
  readonly seeds: number;
  readonly providerHours: number;
  readonly violations: Readonly<Record<string, number>>;
  readonly violationsOfTheProduct: number;
}

/** Detectors on the same beats, outside the fault model. */
export interface OutsideRows {
  readonly loss: number;
  readonly retries: boolean;
  readonly detectors: readonly (ResultRow & { readonly mistakesPerThousandProviderHours: number })[];
}

/** The file that the long run writes. It holds nothing of the machine: every run writes the same. */
export interface Results {
  readonly command: string;
  readonly model: { readonly total: ResultRow; readonly profiles: readonly ResultRow[] };
  readonly ablations: readonly AblationRow[];
  readonly outside: readonly OutsideRows[];
}

/** A job and what came of it. */
export interface Finished {
  readonly job: Job;
  readonly result: JobResult;
}

/** Puts what every job came to together, in the order of the jobs. */
export function resultsOf(finished: readonly Finished[]): Results {
  const model = finished.filter(({ job }) => job.kind === 'model').map(({ result }) => result);
  const profiles = byName(model.flat());
  return {
    command: 'npm run simulate',
    model: {
      total: rowOf('all', sum(model.flat().map(({ tally }) => tally))),
      profiles: profiles
        .map(([name, tallies]) => rowOf(name, sum(tallies)))
        .sort((a, b) => b.seeds - a.seeds),
    },
    ablations: ablationsOf(finished),
    outside: outsideOf(finished),
  };
}

function ablationsOf(finished: readonly Finished[]): AblationRow[] {
  const of = (ablated: boolean) =>
    byName(
      finished.flatMap(({ job, result }) =>
        job.kind === 'ablation' && job.ablated === ablated ? result : [],
      ),
    );
  const product = new Map(of(false));
  return of(true).map(([name, tallies]) => {
    const { seeds, providerHours, violations } = rowOf(name, sum(tallies));
    return {
      name,
      seeds,
      providerHours,
      violations,
      violationsOfTheProduct: count(sum(product.get(name) ?? [])),
    };
  });
}

function outsideOf(finished: readonly Finished[]): OutsideRows[] {
  const settings = new Map<string, { loss: number; retries: boolean; results: JobResult[] }>();
  for (const { job, result } of finished) {
    if (job.kind !== 'outside') continue;
    const { loss, retries } = job;
    const key = `${loss} ${retries}`;
    const held = settings.get(key) ?? { loss, retries, results: [] };
    held.results.push(result);
    settings.set(key, held);
  }
  return [...settings.values()].map(({ loss, retries, results }) => ({
    loss,
    retries,
    detectors: byName(results.flat()).map(([name, tallies]) => {
      const row = rowOf(name, sum(tallies));
      const mistakes = row.violations['false Unavailable'] ?? 0;
      return { ...row, mistakesPerThousandProviderHours: digits((1_000 * mistakes) / row.providerHours) };
    }),
  }));
}

function rowOf(name: string, tally: Tally): ResultRow {
  const { seeds, beats, controlPlaneCrashes, crashesFound, violations, worstDetectionMs } = tally;
  return {
    name,
    seeds,
    providerHours: Math.round(tally.providerHours),
    beats,
    controlPlaneCrashes,
    crashesFound,
    violations,
    medianDetectionMs: quantileMs(tally, 0.5),
    p99DetectionMs: quantileMs(tally, 0.99),
    worstDetectionMs: Math.ceil(worstDetectionMs),
    worstShareOfBound: digits(tally.worstShareOfBound),
  };
}

function byName(results: JobResult): [string, Tally[]][] {
  const named = new Map<string, Tally[]>();
  for (const { name, tally } of results) named.set(name, [...(named.get(name) ?? []), tally]);
  return [...named];
}

function count({ violations }: Tally): number {
  return Object.values(violations).reduce((total, each) => total + each, 0);
}

/** Three digits that count. */
function digits(value: number): number {
  return Number(value.toPrecision(3));
}
