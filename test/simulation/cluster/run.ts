import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { parseArgs } from 'node:util';
import { CLUSTER_ABLATIONS } from './ablations/ablations.js';
import { SUBJECTS } from './exploration/subjects.js';
import { simulateFleet } from './large-fleet.js';
import { type ClusterJob, type ClusterJobResult, countOf, runClusterJob } from './results/jobs.js';
import { clusterPageWith } from './results/page.js';
import { clusterResultsOf, type FinishedClusterJob } from './results/results.js';

/** The long run. */
const MAX_TRANSITIONS = 300_000;
const MODEL_SEEDS = 2_000;
const CALM_SEEDS = 50;
const ABLATION_SEEDS = 60;

const RESULTS = 'docs/cluster-simulation.results.json';
const PAGE = 'docs/cluster-simulation.md';

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}

const JOBS: readonly ClusterJob[] = [
  ...SUBJECTS.map((_, at) => ({ kind: 'exploration', at, maxTransitions: MAX_TRANSITIONS }) as const),
  ...CLUSTER_ABLATIONS.flatMap((_, at) =>
    [true, false].flatMap((ablated) =>
      seeds(ABLATION_SEEDS).map((seed) => ({ kind: 'ablation', at, seed, ablated }) as const),
    ),
  ),
  ...seeds(CALM_SEEDS).map((seed) => ({ kind: 'calm', seed }) as const),
  ...seeds(MODEL_SEEDS).map((seed) => ({ kind: 'model', seed }) as const),
];

/** Runs the jobs on as many threads as there are processors; the order of the results is that of the jobs. */
function runAll(): Promise<FinishedClusterJob[]> {
  const finished: FinishedClusterJob[] = [];
  let next = 0;
  let done = 0;
  return new Promise((resolve, reject) => {
    for (let thread = 0; thread < availableParallelism(); thread++) {
      const worker = new Worker(new URL(import.meta.url));
      let at = -1;
      const giveNext = (): void => {
        at = next++;
        if (at < JOBS.length) worker.postMessage(JOBS[at]);
        else void worker.terminate();
      };
      worker.on('error', reject);
      worker.on('message', (result: ClusterJobResult) => {
        finished[at] = { job: JOBS[at] as ClusterJob, result };
        report(JOBS[at] as ClusterJob, result);
        if (++done % 100 === 0) process.stdout.write(`${done} of ${JOBS.length}\n`);
        if (done === JOBS.length) resolve(finished);
        giveNext();
      });
      giveNext();
    }
  });
}

/** Names the seed of a violation, or the actions that lead to it, with which it can be repeated. */
function report(job: ClusterJob, result: ClusterJobResult): void {
  if ('exploration' in result)
    process.stdout.write(`${JSON.stringify({ ...job, ...result.exploration, found: result.violations })}\n`);
  else if ((job.kind !== 'ablation' || !job.ablated) && countOf(result.tally.violations) > 0)
    process.stdout.write(`${JSON.stringify({ ...job, violations: result.tally.violations })}\n`);
}

/** `--providers <count>`: one large fleet, and nothing is written. */
const LARGE = Number(parseArgs({ options: { providers: { type: 'string' } } }).values.providers ?? 0);

async function main(): Promise<void> {
  if (LARGE > 0) {
    const { text, violations } = simulateFleet(LARGE);
    process.stdout.write(text);
    process.exitCode = violations > 0 ? 1 : 0;
    return;
  }
  const results = clusterResultsOf(await runAll());
  writeFileSync(RESULTS, `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(PAGE, clusterPageWith(readFileSync(PAGE, 'utf8'), results));
  const { model, calm, exploration } = results;
  const violations =
    countOf(model.violations) +
    countOf(calm.violations) +
    exploration.reduce((sum, row) => sum + row.violations, 0);
  process.stdout.write(`${model.providerHours} provider-hours, ${violations} violations: ${RESULTS}\n`);
  if (violations > 0) process.exitCode = 1;
}

if (isMainThread) await main();
else parentPort?.on('message', (job: ClusterJob) => parentPort?.postMessage(runClusterJob(job)));
