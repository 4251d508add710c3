import { existsSync } from 'node:fs';
import { readArguments, refuseArguments } from '../support/arguments.js';
import { benchCheckBody } from './checks/body.js';
import { benchCheckMemory } from './checks/memory.js';
import { benchCheckRate } from './checks/rate.js';
import { benchClusterChecks } from './cluster/checks.js';
import { benchClusterHeartbeats } from './cluster/heartbeats.js';
import { benchClusterTakeover } from './cluster/takeover.js';
import { benchClusterVisibility } from './cluster/visibility.js';
import { benchHealthBoot } from './health/boot.js';
import { benchHealthBurst } from './health/burst.js';
import { benchHealthEndpoint } from './health/endpoint.js';
import { benchHealthMemory } from './health/memory.js';
import { benchUnreadAnswers } from './http/unread-answers.js';
import { benchProviderHealthReads } from './provider-health/reads.js';
import { benchProviderHealthSweep } from './provider-health/sweep.js';
import { benchConstantFleet } from './providers/constant-fleet.js';
import { benchExpiryAtOnce } from './providers/expiry-at-once.js';
import { benchExpiryLateness } from './providers/expiry-lateness.js';
import { benchHeartbeatBatches } from './providers/heartbeat-batches.js';
import { benchIdleSweep } from './providers/idle-sweep.js';
import { benchPlacementQuery } from './providers/placement-query.js';
import { benchRestart } from './providers/restart.js';
import { benchSingleHeartbeats } from './providers/single-heartbeats.js';
import { describeMachine, flushText, machineText, noteOtherWork } from './report/machine.js';
import { saveResults } from './report/results.js';
import { compareWith } from './support/builds.js';
import { printTable } from './support/statistics.js';

const inProcess = new URL('./providers/placement-in-process.js', import.meta.url);
const { benchPlacementInProcess } = existsSync(inProcess) ? await import(inProcess.href) : {};

const SMALL = { size: 1_000, rounds: 1 };
const SHORT = { size: 1_000, starts: 1, rounds: 1, seconds: 1, warmUpSeconds: 1 };

/** Every benchmark, and what makes it short enough to try it. */
const BENCHMARKS = {
  'single-heartbeats': [benchSingleHeartbeats, SHORT],
  'heartbeat-batches': [benchHeartbeatBatches, SHORT],
  'constant-fleet': [benchConstantFleet, { ...SMALL, seconds: 2, bareSeconds: 1 }],
  'expiry-lateness': [benchExpiryLateness, { ...SMALL, seconds: 1 }],
  'expiry-at-once': [benchExpiryAtOnce, { ...SMALL, etcdLeases: 100 }],
  'idle-sweep': [benchIdleSweep, { few: 1_000, many: 10_000, rounds: 1, seconds: 1, settleSeconds: 1 }],
  restart: [benchRestart, { ...SMALL, missedBeats: 1 }],
  'placement-query': [benchPlacementQuery, { ...SMALL, seconds: 1 }],
  ...(benchPlacementInProcess && { 'placement-in-process': [benchPlacementInProcess, SMALL] }),
  'unread-answers': [benchUnreadAnswers, { size: 1_000, seconds: 8, settleSeconds: 2 }],
  'check-rate': [benchCheckRate, { size: 1_000, rounds: 1, seconds: 25, settleSeconds: 12 }],
  'check-body': [benchCheckBody, { size: 200, rounds: 2, seconds: 5, settleSeconds: 5 }],
  'check-memory': [benchCheckMemory, { size: 1_000, warmUpSeconds: 5, seconds: 10 }],
  'health-endpoint-fastify': [(options) => benchHealthEndpoint('fastify', options), { starts: 1, rounds: 2 }],
  'health-endpoint-express': [(options) => benchHealthEndpoint('express', options), { starts: 1, rounds: 2 }],
  'health-burst-fastify': [(options) => benchHealthBurst('fastify', options), { rounds: 5 }],
  'health-burst-express': [(options) => benchHealthBurst('express', options), { rounds: 5 }],
  'health-boot': [benchHealthBoot, { rounds: 3 }],
  'health-memory': [benchHealthMemory, { requests: 100_000 }],
  'provider-health-reads': [benchProviderHealthReads, { reads: 100_000, rounds: 2 }],
  'provider-health-sweep': [benchProviderHealthSweep, { size: 200, rounds: 1 }],
  'cluster-heartbeats': [benchClusterHeartbeats, { size: 300, perSecond: 300, rounds: 1, seconds: 2 }],
  'cluster-checks': [benchClusterChecks, { size: 200, rounds: 1, seconds: 10, settleSeconds: 15 }],
  'cluster-takeover': [benchClusterTakeover, { rounds: 1 }],
  'cluster-visibility': [benchClusterVisibility, { rounds: 1, beats: 20 }],
};

const names = Object.keys(BENCHMARKS);
const USAGE = `usage: npm run bench -- [<benchmark> ...] [--quick] [--before <folder>]

Runs benchmarks, prints tables, and writes docs/benchmarks.json and docs/benchmarks.md. All of them take three hours.

  <benchmark>        those whose name begins with it, default: all of them
  --quick            small and short, to try one; writes nothing
  --before <folder>  another built checkout, which benchmarks that can do it run beside this one

The benchmarks are:
${names.map((name) => `  ${name}\n`).join('')}`;

const { values, positionals } = readArguments(USAGE, {
  options: { quick: { type: 'boolean' }, before: { type: 'string' } },
  allowPositionals: true,
});
if (values.before !== undefined) compareWith(values.before);
/** `health` names every benchmark that begins with it, `health-burst` two of them. */
const named = (asked) => names.filter((name) => `${name}-`.startsWith(`${asked}-`));
const unknown = positionals.find((asked) => named(asked).length === 0);
if (unknown !== undefined) refuseArguments(`there is no benchmark ${unknown}`);
const chosen = positionals.length > 0 ? new Set(positionals.flatMap(named)) : names;

const machine = describeMachine();
process.stdout.write(`${machineText(machine)}\n${flushText(machine)}\n\n`);

const results = {};
for (const name of chosen) {
  const [bench, quick] = BENCHMARKS[name];
  const otherWork = await noteOtherWork();
  const result = await bench(values.quick ? quick : {});
  const notes = [...otherWork, ...(result.notes ?? [])];
  printTable(`${name}: ${result.title}`, result.rows);
  for (const note of notes) process.stdout.write(`${note}\n\n`);
  // after each, so that a run that is cut short keeps what it has
  results[name] = { ...result, notes, at: new Date().toISOString(), machine };
  if (!values.quick) process.stdout.write(`written to ${await saveResults(results, names)}\n\n`);
}
