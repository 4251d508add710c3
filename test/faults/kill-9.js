import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startControlPlane } from '../bench/support/servers.js';

// Kills the control plane again and again while a fleet beats, registers, dies and returns, starts it again on the
// same file, and holds what it then knows and has decided against what was acknowledged and what really happened.
// node test/faults/kill-9.js [--rounds 20] [--rate 5000] [--providers 2000] [--seed 1] [--longest 9]
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '5000' },
    providers: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    longest: { type: 'string', default: '9' },
  },
});
const [rounds, rate, providers, seed, longestSeconds] = [
  values.rounds,
  values.rate,
  values.providers,
  values.seed,
  values.longest,
].map(Number);

/** A provider is missed 3 × 1 s + 3 s after its last beat, and no sooner after a restart. */
const ENVIRONMENT = {
  VITALS_HEARTBEAT_INTERVAL: '1s',
  VITALS_REGISTRATION_TOKEN: 'only-new-names-here',
  // one token registers them all
  VITALS_RATE_LIMIT: '0',
  LOG_LEVEL: 'error',
};
const SHORTEST_MS = 1_500;

const folder = mkdtempSync(join(tmpdir(), 'vitals-kill-9-'));
const load = fork(fileURLToPath(new URL('kill-9/load.js', import.meta.url)), [], {
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
const boots = [];
load.on('exit', (code) => code && process.exit(1));
let plane;

try {
  await start();
  await ask('begin', { rate, providers, seed });
  for (let round = 1; round <= rounds; round++) {
    const lastsMs = SHORTEST_MS + random(round) * Math.max(0, longestSeconds * 1_000 - SHORTEST_MS);
    await sleep(lastsMs);
    await plane.kill();
    const { beats, unanswered } = await ask('down');
    await start();
    const { violations } = await ask('up');
    process.stdout.write(
      `round ${round}: killed after ${Math.round(lastsMs)} ms, ${beats} beats acknowledged, ` +
        `${unanswered} requests unanswered, ready again in ${Math.round(boots.at(-1))} ms, ${violations} violations\n`,
    );
  }
  await ask('calm');
  await plane.kill();
  await ask('down');
  await start();
  await ask('up');
  print(await ask('report'));
} finally {
  load.disconnect();
  await plane?.kill();
  rmSync(folder, { recursive: true, force: true });
}

async function start() {
  plane = await startControlPlane({ folder, environment: ENVIRONMENT });
  boots.push(plane.readyMs);
  await ask('connect', { port: plane.port });
}

async function ask(order, about = {}) {
  load.send({ order, ...about });
  const [answer] = await once(load, 'message');
  if (answer.failure) throw new Error(answer.failure);
  return answer;
}

/** From 0 to 1, the same for one seed. */
function random(round) {
  const x = Math.sin(seed * 12.9898 + round * 78.233) * 43_758.5453;
  return x - Math.floor(x);
}

function print({ counts, violations }) {
  const slowest = Math.round(Math.max(...boots));
  const rows = { seed, kills: rounds + 1, 'slowest restart, ms': slowest, ...counts };
  const width = Math.max(...Object.keys(rows).map(({ length }) => length));
  for (const [name, value] of Object.entries(rows))
    process.stdout.write(`${name.padEnd(width)}  ${String(value).padStart(9)}\n`);
  for (const violation of violations.slice(0, 50)) process.stdout.write(`VIOLATION: ${violation}\n`);
  process.stdout.write(violations.length === 0 ? 'no violation\n' : `${violations.length} violations\n`);
  if (violations.length > 0) process.exitCode = 1;
}
