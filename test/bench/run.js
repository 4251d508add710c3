import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { benchHeartbeats } from './heartbeats.js';
import { spread } from './statistics.js';

const RESULTS = 'bench-results.json';
const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
};

process.stdout.write(`${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, Node ${machine.node}\n\n`);
const benchmarks = [await benchHeartbeats()];
const results = benchmarks.map(({ rows, ...benchmark }) => ({
  ...benchmark,
  rows: rows.map(({ what, unit, values }) => ({ what, unit, values, ...spread(values) })),
}));
writeFileSync(RESULTS, `${JSON.stringify({ at: new Date().toISOString(), machine, results }, null, 2)}\n`);
process.stdout.write(`\nwritten to ${RESULTS}\n`);
