import { setTimeout as sleep } from 'node:timers/promises';
import { pluck, row } from '../support/statistics.js';
import { openCache } from './cache.js';

const CHECK_MS = 50;
const WIDTH = 32;
const WALL_GOAL = { atMost: 2.5 };
const CORE_GOAL = { atMost: 5 };

/** A sweep over a thousand providers that take 50 ms each, beside the same checks behind a bare limiter. */
export async function benchProviderHealthSweep({ size = 1_000, rounds = 10 } = {}) {
  const seen = { now: 0, most: 0 };
  const check = async () => {
    seen.most = Math.max(seen.most, ++seen.now);
    await sleep(CHECK_MS);
    seen.now--;
    return { healthy: true, message: 'ok' };
  };
  const { cache, close } = await openCache(size, check);
  try {
    const subjects = {
      sweep: () => cache.checkNow(),
      bare: () => limited(size, WIDTH, check),
    };
    const measured = { sweep: [], bare: [] };
    for (let round = 0; round <= rounds; round++) {
      for (const [name, work] of Object.entries(subjects)) {
        seen.most = 0;
        const one = await watch(work);
        if (seen.most !== WIDTH) throw new Error(`${name}: ${seen.most} checks at once, not ${WIDTH}`);
        if (round > 0) measured[name].push(one);
      }
    }
    const bareWall = row('wall time, Promise.all', 's', 2, pluck(measured.bare, 'wallSeconds'));
    const bareCore = row('share of a core, Promise.all', '%', 2, pluck(measured.bare, 'corePercent'));
    return {
      title: `A sweep over ${size.toLocaleString('en')} providers that take ${CHECK_MS} ms each`,
      how: `${rounds} sweeps, ${WIDTH} checks at once, alternating with the same checks behind ${WIDTH} loops that \`Promise.all\` waits for, which know no deadline, no signal and no status. A check is a timer. The share of a core is CPU time of the process over wall time.`,
      rows: [
        row('wall time, sweep', 's', 2, pluck(measured.sweep, 'wallSeconds'), WALL_GOAL, bareWall),
        bareWall,
        row('share of a core, sweep', '%', 2, pluck(measured.sweep, 'corePercent'), CORE_GOAL, bareCore),
        bareCore,
        row(
          'CPU per check, sweep',
          'µs',
          0,
          pluck(measured.sweep, 'cpuMicroseconds').map((all) => all / size),
        ),
        row(
          'CPU per check, Promise.all',
          'µs',
          0,
          pluck(measured.bare, 'cpuMicroseconds').map((all) => all / size),
        ),
      ],
    };
  } finally {
    await close();
  }
}

/** Runs `check` so many times, `width` at once. */
async function limited(times, width, check) {
  let left = times;
  const loop = async () => {
    while (left-- > 0) await check();
  };
  await Promise.all(Array.from({ length: width }, loop));
}

async function watch(work) {
  const before = process.cpuUsage();
  const startedMs = performance.now();
  await work();
  const wallMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(before);
  const cpuMicroseconds = user + system;
  return { wallSeconds: wallMs / 1_000, cpuMicroseconds, corePercent: cpuMicroseconds / (wallMs * 10) };
}
