import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { ABLATIONS } from './ablations/ablations.js';
import { pageWith } from './results/page.js';
import { count, type Results, sum, type Summary, summaryOf } from './results/results.js';
import { dayOf } from './scenario.js';
import { simulate } from './simulation.js';

/** The long run: days within the model, and ablations. */
const DAYS = 2;
const ABLATION_SEEDS = 5;
const THREADS = 2;

const RESULTS = 'docs/service-checks.results.json';
const PAGE = 'docs/service-checks-simulation.md';

/** One simulation of the long run. */
type Job =
  | { readonly kind: 'day'; readonly seed: number }
  | { readonly kind: 'ablation'; readonly seed: number; readonly at: number; readonly ablated: boolean };

const JOBS: readonly Job[] = [
  ...seeds(DAYS).map((seed): Job => ({ kind: 'day', seed })),
  ...ABLATIONS.flatMap((_, at) =>
    [true, false].flatMap((ablated) =>
      seeds(ABLATION_SEEDS).map((seed): Job => ({ kind: 'ablation', seed, at, ablated })),
    ),
  ),
];

function seeds(length: number): number[] {
  return Array.from({ length }, (_, at) => at + 1);
}

async function run(job: Job): Promise<Summary> {
  if (job.kind === 'day') return summaryOf(await simulate(dayOf(job.seed)));
  const { create, scenario } = ABLATIONS[job.at] as (typeof ABLATIONS)[number];
  return summaryOf(await simulate(scenario(job.seed), job.ablated ? create() : undefined));
}

/** Runs the jobs on some threads; the order of the results is that of the jobs. */
function runAll(): Promise<Summary[]> {
  const finished: Summary[] = [];
  let next = 0;
  let done = 0;
  return new Promise((resolve, reject) => {
    for (let thread = 0; thread < THREADS; thread++) {
      const worker = new Worker(new URL(import.meta.url));
      let at = -1;
      const giveNext = (): void => {
        at = next++;
        if (at < JOBS.length) worker.postMessage(JOBS[at]);
        else void worker.terminate();
      };
      worker.on('error', reject);
      worker.on('message', (summary: Summary) => {
        const job = JOBS[at] as Job;
        finished[at] = summary;
        if (job.kind === 'day')
          process.stdout.write(`day ${job.seed}: ${JSON.stringify(summary.violations)}\n`);
        if (++done === JOBS.length) resolve(finished);
        giveNext();
      });
      giveNext();
    }
  });
}

function resultsOf(finished: readonly Summary[]): Results {
  const of = (wanted: (job: Job) => boolean): Summary[] =>
    finished.filter((_, at) => wanted(JOBS[at] as Job));
  const ablations = ABLATIONS.map(({ create }, index) => {
    const ofThis = (ablated: boolean) =>
      sum(of((job) => job.kind === 'ablation' && job.at === index && job.ablated === ablated));
    const { seeds: runs, serviceHours, violations } = ofThis(true);
    const violationsOfTheProduct = count(ofThis(false).violations);
    return {
      name: create().name,
      seeds: runs,
      serviceHours: Math.round(serviceHours),
      violations,
      violationsOfTheProduct,
    };
  });
  return { command: 'npm run simulate:services', model: sum(of(({ kind }) => kind === 'day')), ablations };
}

async function main(): Promise<void> {
  const results = resultsOf(await runAll());
  writeFileSync(RESULTS, `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(PAGE, pageWith(readFileSync(PAGE, 'utf8'), results));
  const violations = count(results.model.violations);
  process.stdout.write(`${results.model.serviceHours} service-hours, ${violations} violations: ${RESULTS}\n`);
  if (violations > 0) process.exitCode = 1;
}

if (isMainThread) await main();
else
  parentPort?.on('message', (job: Job) => void run(job).then((summary) => parentPort?.postMessage(summary)));
