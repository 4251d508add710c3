import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Fault } from './faults/fault.js';
import { INSTANCE_FAULTS } from './faults/instances.faults.js';
import { type Round, runRound, type Size } from './faults/round.js';
import { SERVER_FAULTS } from './faults/servers.faults.js';
import { SHORT_FAULTS } from './faults/short.faults.js';
import { STRANGE_FAULTS } from './faults/strange.faults.js';
import { isClean, summaryOf, tableOf } from './faults/table.js';
import { TestedCluster } from './faults/tested.cluster.js';
import { numberOf } from './launch/options.js';

// Does to a cluster of real processes what may happen to one, and counts what it decided wrongly: specs/faults in one
// table. npm run test:cluster -- --help
const USAGE = `usage: npm run test:cluster -- [options]

  --fault NAME       only this one; may be repeated
  --short            the most telling ones, some five minutes
  --runs N           of each fault (default 1)
  --providers N      (default 60)
  --services N       with HTTP checks (default 30)
  --other DIR        a built checkout of another version, for two-versions
  --json FILE        where the results are written
  --logs DIR         keeps the logs of the instances there
  --quiet            only the table

Faults:
`;
const ALL = [...INSTANCE_FAULTS, ...SERVER_FAULTS, ...STRANGE_FAULTS];

const { values } = parseArgs({
  options: {
    fault: { type: 'string', multiple: true },
    short: { type: 'boolean', default: false },
    runs: { type: 'string', default: '1' },
    providers: { type: 'string', default: '60' },
    services: { type: 'string', default: '30' },
    other: { type: 'string' },
    json: { type: 'string' },
    logs: { type: 'string' },
    quiet: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
let running: TestedCluster | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    print(`${signal}: stopping everything`);
    const stopped = running?.stop() ?? Promise.resolve();
    stopped.catch(() => undefined).finally(() => process.exit(1));
  });
process.exitCode = values.help ? help() : await main();

function help(): number {
  const width = Math.max(...ALL.map(({ name }) => name.length));
  const listed = ALL.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}\n`);
  process.stdout.write(USAGE + listed.join(''));
  return 0;
}

async function main(): Promise<number> {
  const size: Size = {
    providers: numberOf('providers', values.providers, 10, 10_000),
    checkedServices: numberOf('services', values.services, 0, 10_000),
    reportingServices: values.services === '0' ? 0 : 5,
    deaths: 2,
  };
  const runs = numberOf('runs', values.runs, 1, 1_000);
  const rounds: Round[] = [];
  let isFailed = false;
  for (const fault of chosen()) {
    const reason = fault.impossible?.(values.other);
    if (reason !== undefined) print(`${fault.name}: not run: ${reason}`);
    else if (!(await runFault(fault, runs, size, rounds))) isFailed = true;
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rounds, undefined, 2)}\n`);
  }
  if (rounds.length > 0) print(`\n${tableOf(rounds)}`);
  return isFailed || !rounds.every(isClean) ? 1 : 0;
}

function chosen(): readonly Fault[] {
  const { fault: names } = values;
  if (names === undefined) return values.short ? SHORT_FAULTS : ALL;
  return names.map((name) => {
    const found = ALL.find((fault) => fault.name === name);
    if (!found) throw new Error(`--fault: there is no "${name}"; --help lists them`);
    return found;
  });
}

/** Each fault has a cluster of its own. @returns whether all runs came to their end */
async function runFault(fault: Fault, runs: number, size: Size, rounds: Round[]): Promise<boolean> {
  print(`\n${fault.name}: ${fault.title}`);
  const log = (line: string): void => {
    if (!values.quiet) print(`  ${new Date().toISOString().slice(11, 23)} ${line}`);
  };
  const cluster = await TestedCluster.create(log, fault.needsSmallDisk);
  running = cluster;
  try {
    await cluster.start(fault.instances ?? 3);
    await fault.prepare?.(cluster);
    for (let run = 1; run <= runs; run++) {
      const round = await runRound(fault, `${fault.name}-${run}`, cluster, size, values.other, log);
      rounds.push(round);
      for (const line of summaryOf(round.findings)) print(`  FOUND: ${line}`);
      print(`  run ${run}: ${isClean(round) ? 'clean' : 'NOT CLEAN'}, ${round.transitions} transitions`);
    }
    return true;
  } catch (error) {
    print(`  FAILED: ${(error as Error).message}`);
    return false;
  } finally {
    if (values.logs !== undefined) keepLogs(cluster, join(values.logs, fault.name));
    await cluster.stop();
  }
}

function keepLogs(cluster: TestedCluster, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const { logFile } of cluster.instances)
    if (existsSync(logFile)) copyFileSync(logFile, join(folder, basename(logFile)));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
