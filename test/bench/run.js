import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { benchHealthBoot } from './health-boot.js';
import { benchHealthBurst } from './health-burst.js';
import { benchHealthEndpoint } from './health-endpoint.js';
import { benchHealthMemory } from './health-memory.js';
import { benchHeartbeats } from './heartbeats.js';
import { spread } from './statistics.js';

const RESULTS = 'bench-results.json';

/** Every benchmark, and what makes it short enough to try it. */
const BENCHMARKS = {
  heartbeats: [benchHeartbeats, { rounds: 1, seconds: 1 }],
  'health-endpoint-fastify': [(options) => benchHealthEndpoint('fastify', options), { starts: 1, rounds: 2 }],
  'health-endpoint-express': [(options) => benchHealthEndpoint('express', options), { starts: 1, rounds: 2 }],
  'health-burst-fastify': [(options) => benchHealthBurst('fastify', options), { rounds: 5 }],
  'health-burst-express': [(options) => benchHealthBurst('express', options), { rounds: 5 }],
  'health-boot': [benchHealthBoot, { rounds: 3 }],
  'health-memory': [benchHealthMemory, { requests: 100_000 }],
};

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean' } },
  allowPositionals: true,
});
const names = Object.keys(BENCHMARKS);
/** `health` names every benchmark that begins with it, `health-burst` two of them. */
const named = (asked) => names.filter((name) => `${name}-`.startsWith(`${asked}-`));
const unknown = positionals.find((asked) => named(asked).length === 0);
if (unknown !== undefined) throw new Error(`there is no benchmark ${unknown}; there are ${names.join(', ')}`);
const chosen = positionals.length > 0 ? new Set(positionals.flatMap(named)) : names;

const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
};
process.stdout.write(`${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, Node ${machine.node}\n\n`);

const results = [];
for (const name of chosen) {
  const [bench, quick] = BENCHMARKS[name];
  const { rows, ...about } = await bench(values.quick ? quick : {});
  const summed = rows.map(({ digits: _digits, ...row }) => ({ ...row, ...spread(row.values) }));
  results.push({ name, ...about, rows: summed });
}
writeFileSync(RESULTS, `${JSON.stringify({ at: new Date().toISOString(), machine, results }, null, 2)}\n`);
process.stdout.write(`written to ${RESULTS}\n`);
