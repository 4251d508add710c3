import { calmOf, clusterScenarioOf } from './scenario.js';
import { type ClusterOutcome, simulateCluster } from './simulate-cluster.js';

/** As much as a test has time for; the long run has thousands. */
const SEEDS = 9;
const MINUTES = 6;

describe('A cluster in virtual time', () => {
  it('marks nobody for what it did itself, decides nothing twice, and finds who is silent, whatever happens', () => {
    const outcomes: ClusterOutcome[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      outcomes.push(simulateCluster({ ...clusterScenarioOf(seed), minutes: MINUTES }));
    }
    expect(outcomes.flatMap(({ findings }) => findings)).toEqual([]);
    const faults = new Set(outcomes.flatMap((outcome) => Object.keys(outcome.faults)));
    expect([...faults].sort()).toEqual([
      'cut',
      'freeze',
      'freeze on decision',
      'kill',
      'lag',
      'log away',
      'provider crash',
      'restart',
      'store away',
      'storm',
    ]);
    expect(outcomes.reduce((sum, { transitions }) => sum + transitions, 0)).toBeGreaterThan(500);
  });

  it('finds a crash within the bound while nothing happens to it', () => {
    const { findings, detectionsMs } = simulateCluster(calmOf(1));
    expect(findings).toEqual([]);
    expect(detectionsMs.length).toBeGreaterThan(20);
    expect(Math.max(...detectionsMs)).toBeLessThanOrEqual(38_100 + 3_500 + 500 + 1_000);
  });

  it('comes to the same for the same seed', () => {
    expect(simulateCluster(calmOf(2))).toEqual(simulateCluster(calmOf(2)));
  });
});
