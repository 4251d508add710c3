import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '../support/folders.js';
import { percentile } from '../support/statistics.js';

const FLUSHES = 200;
const WATCH_MS = 1_000;

/** Less than this is what any machine does by itself, in cores. */
const IDLE_CORES = 0.1;

/** What the numbers of a run depend on. */
export function describeMachine() {
  const flushesMs = timeFlushes();
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${process.platform} ${release()}`,
    node: process.version,
    flushP50Ms: Number(percentile(flushesMs, 0.5).toFixed(3)),
    flushP99Ms: Number(percentile(flushesMs, 0.99).toFixed(3)),
  };
}

/** What a machine is, in a line. */
export function machineText({ cpu, cores, memoryGiB, kernel, node }) {
  return `${cores} × ${cpu}, ${memoryGiB} GiB of memory, ${kernel}, Node ${node}`;
}

/** How fast its disk was when it was asked, in a line. */
export function flushText({ flushP50Ms, flushP99Ms }) {
  return `writing 4 KiB and flushing it to the disk of the databases took ${flushP50Ms} ms (p50), ${flushP99Ms} ms (p99)`;
}

/** What to say of a machine that does something else; nothing if it was idle for a second. */
export async function noteOtherWork() {
  const before = usedTicks();
  await sleep(WATCH_MS);
  const { used, all } = usedTicks();
  const cores = (cpus().length * (used - before.used)) / (all - before.all);
  if (cores < IDLE_CORES) return [];
  return [
    `Other work kept ${cores.toFixed(1)} of ${cpus().length} cores busy when this began: do not trust it.`,
  ];
}

/** CPU time of all processes, and of idleness as well, since boot (proc(5): `stat`; fields 4 and 5 are idle). */
function usedTicks() {
  const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0];
  const ticks = line.split(/\s+/).slice(1, 9).map(Number);
  const all = ticks.reduce((sum, one) => sum + one, 0);
  return { all, used: all - ticks[3] - ticks[4] };
}

function timeFlushes() {
  const file = openSync(join(temporaryFolder(), 'flushed'), 'w');
  const page = Buffer.alloc(4_096);
  const timesMs = Array.from({ length: FLUSHES }, (_, index) => {
    const startedMs = performance.now();
    writeSync(file, page, 0, page.length, index * page.length);
    fdatasyncSync(file);
    return performance.now() - startedMs;
  });
  closeSync(file);
  return timesMs;
}
