import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { ABLATIONS } from './ablations/ablations.js';
import { type Job, type JobResult, runJob } from './results/jobs.js';
import { pageWith } from './results/page.js';
import { type Finished, resultsOf } from './results/results.js';

/** The long run: seeds within the fault model, ablations, and what lies outside. */
const MODEL_SEEDS = 1_000;
const PROVIDER_HOURS_PER_SEED = 1_030;
const ABLATION_SEEDS = 50;
const OUTSIDE_SEEDS = 6;
const LOSSES = [0, 0.01, 0.05];

const RESULTS = 'docs/fault-model.results.json';
const PAGE = 'docs/fault-model.md';

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}

function allJobs(): Job[] {
  return [
    ...seeds(MODEL_SEEDS).map(
      (seed) => ({ kind: 'model', seed, providerHours: PROVIDER_HOURS_PER_SEED }) as const,
    ),
    ...ABLATIONS.flatMap((_, at) =>
      [true, false].flatMap((ablated) =>
        seeds(ABLATION_SEEDS).map((seed) => ({ kind: 'ablation', seed, at, ablated }) as const),
      ),
    ),
    ...LOSSES.flatMap((loss) =>
      [false, true].flatMap((retries) =>
        seeds(OUTSIDE_SEEDS).map((seed) => ({ kind: 'outside', seed, loss, retries }) as const),
      ),
    ),
  ];
}

/** Runs the jobs on as many threads as there are processors; the order of the results is that of the jobs. */
function runAll(jobs: readonly Job[]): Promise<Finished[]> {
  const finished: Finished[] = [];
  let next = 0;
  let done = 0;
  return new Promise((resolve, reject) => {
    for (let thread = 0; thread < availableParallelism(); thread++) {
      const worker = new Worker(new URL(import.meta.url));
      let at = -1;
      const giveNext = (): void => {
        at = next++;
        if (at < jobs.length) worker.postMessage(jobs[at]);
        else void worker.terminate();
      };
      worker.on('error', reject);
      worker.on('message', (result: JobResult) => {
        const job = jobs[at] as Job;
        finished[at] = { job, result };
        if (job.kind === 'model') report(job.seed, result);
        done++;
        if (done % 50 === 0) process.stdout.write(`${done} of ${jobs.length} simulations\n`);
        if (done === jobs.length) resolve(finished);
        giveNext();
      });
      giveNext();
    }
  });
}

/** Names the seed of a violation, with which it can be repeated. */
function report(seed: number, result: JobResult): void {
  for (const { tally } of result) {
    if (Object.keys(tally.violations).length > 0)
      process.stdout.write(`seed ${seed}: ${JSON.stringify(tally.violations)}\n`);
  }
}

async function main(): Promise<void> {
  const results = resultsOf(await runAll(allJobs()));
  writeFileSync(RESULTS, `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(PAGE, pageWith(readFileSync(PAGE, 'utf8'), results));
  const violations = Object.values(results.model.total.violations).reduce((sum, count) => sum + count, 0);
  process.stdout.write(
    `${results.model.total.providerHours} provider-hours, ${violations} violations: ${RESULTS}\n`,
  );
  if (violations > 0) process.exitCode = 1;
}

if (isMainThread) await main();
else parentPort?.on('message', (job: Job) => parentPort?.postMessage(runJob(job)));
