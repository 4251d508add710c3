import { calmOf, type ClusterScenario } from './running/scenario.js';
import { simulateCluster } from './running/simulate-cluster.js';

/** Three instances that are killed and restarted, over a network that loses little: what a large fleet is watched by. */
const SCENARIO: ClusterScenario = {
  ...calmOf(1),
  minutes: 3,
  partitions: 64,
  sessionMs: 6_000,
  loss: 0.02,
  delays: 'short',
  retries: true,
  providerCrashesPerProvider: 0.2,
  kills: 40,
  restarts: 20,
};

/** Simulates one cluster over a fleet of this size. @returns what it came to, as JSON, and how many violations */
export function simulateFleet(providers: number): { readonly text: string; readonly violations: number } {
  const beganMs = performance.now();
  const { detectionsMs, findings, ...counted } = simulateCluster({ ...SCENARIO, providers });
  const longestDetectionMs = detectionsMs.reduce((longest, each) => Math.max(longest, each), 0);
  const outcome = {
    providers,
    ...counted,
    found: detectionsMs.length,
    longestDetectionMs,
    violations: findings.length,
    tookS: Math.round((performance.now() - beganMs) / 1_000),
    residentMiB: Math.round(process.memoryUsage().rss / 2 ** 20),
  };
  const examples = findings.slice(0, 10).map(({ violation }) => `${violation}\n`);
  return {
    text: `${JSON.stringify(outcome, undefined, 2)}\n${examples.join('')}`,
    violations: findings.length,
  };
}
