import { setTimeout as sleep } from 'node:timers/promises';
import { stopAll } from '../support/servers.js';
import { row } from '../support/statistics.js';
import { startChecking, startTargets } from './targets.js';

const SLOPE_GOAL = { atMost: 1 };
/** The shortest that there is: what grows with the number of checks that were made shows soon. */
const INTERVAL_MS = 1_000;
const SAMPLE_EVERY_MS = 2_000;

/** Whether checks leave anything behind. */
export async function benchCheckMemory({ size = 1_000, warmUpSeconds = 120, seconds = 600 } = {}) {
  const servers = {};
  const samples = [];
  try {
    servers.targets = await startTargets();
    servers.app = await startChecking(servers.targets, size, INTERVAL_MS);
    await sleep(warmUpSeconds * 1_000);
    const beganMs = performance.now();
    while (performance.now() - beganMs < seconds * 1_000) {
      samples.push({ hours: (performance.now() - beganMs) / 3.6e6, mib: servers.app.residentMiB().now });
      await sleep(SAMPLE_EVERY_MS);
    }
  } finally {
    await stopAll(servers);
  }
  const sizes = samples.map(({ mib }) => mib);
  return {
    title: 'Memory of checks',
    how: `${size.toLocaleString('en')} targets are checked every second for ${seconds} s, after ${warmUpSeconds} s to warm up. The resident set is sampled every ${SAMPLE_EVERY_MS / 1_000} s. The slope is that of the straight line with the least squares through the lower half of each minute's samples: a collection that is due is not growth.`,
    rows: [
      row('slope of the resident set', 'MiB/h', 2, [slopeOf(lowerHalves(samples))], SLOPE_GOAL),
      row('resident set', 'MiB', 1, sizes),
    ],
  };
}

/** The lower half of the samples of each minute. */
function lowerHalves(samples) {
  const minutes = new Map();
  for (const sample of samples) {
    const minute = Math.floor(sample.hours * 60);
    minutes.set(minute, [...(minutes.get(minute) ?? []), sample]);
  }
  return [...minutes.values()].flatMap((of) =>
    of.toSorted((a, b) => a.mib - b.mib).slice(0, Math.ceil(of.length / 2)),
  );
}

function slopeOf(samples) {
  const mean = (of) => samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const meanHours = mean(({ hours }) => hours);
  const meanMib = mean(({ mib }) => mib);
  const above = mean(({ hours, mib }) => (hours - meanHours) * (mib - meanMib));
  return above / mean(({ hours }) => (hours - meanHours) ** 2);
}
