import { calmOf } from './running/scenario.js';
import { simulateCluster } from './running/simulate-cluster.js';

/** The fleet that `docs/scale.md` goes up to, and what happens to it meanwhile. */
const SCENARIO = {
  ...calmOf(1),
  minutes: 3,
  partitions: 64,
  providers: Number(process.argv[2] ?? 1_000_000),
  sessionMs: 6_000,
  loss: 0.02,
  delays: 'short',
  retries: true,
  providerCrashesPerProvider: 0.2,
  kills: 40,
  restarts: 20,
} as const;

const beganMs = performance.now();
const { detectionsMs, findings, ...counted } = simulateCluster(SCENARIO);
const longestDetectionMs = detectionsMs.reduce((longest, each) => Math.max(longest, each), 0);
const took = { tookS: Math.round((performance.now() - beganMs) / 1_000), residentMiB: residentMiB() };
process.stdout.write(
  `${JSON.stringify({ ...counted, found: detectionsMs.length, longestDetectionMs, violations: findings.length, ...took }, undefined, 2)}\n`,
);
for (const { violation } of findings.slice(0, 10)) process.stdout.write(`${violation}\n`);
if (findings.length > 0) process.exitCode = 1;

function residentMiB(): number {
  return Math.round(process.memoryUsage().rss / 2 ** 20);
}
