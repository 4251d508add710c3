import { simulateCluster } from '../running/simulate-cluster.js';
import { CLUSTER_ABLATIONS } from './ablations.js';

/** For each a seed with which the rule is missed within so many minutes; some need many. */
const SEEDS = [
  [1, 3],
  [19, 3],
  [9, 3],
  [26, 12],
  [59, 12],
  [2, 3],
  [1, 3],
  [16, 3],
  [5, 12],
] as const;

const byName = CLUSTER_ABLATIONS.map((ablation, at) => [ablation.name, ablation, SEEDS[at]] as const);

describe('The simulation of the cluster', () => {
  it.each(byName)(
    'reports violations: %s; and none of the product on the same seed',
    (_, ablation, found) => {
      const [seed, minutes] = found as (typeof SEEDS)[number];
      const scenario = { ...ablation.scenario(seed), minutes };
      expect(simulateCluster(scenario, ablation.rules).findings).not.toEqual([]);
      expect(simulateCluster(scenario).findings).toEqual([]);
    },
  );
});
