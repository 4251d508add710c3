import { simulate } from '../simulation.js';
import { ABLATIONS } from './ablations.js';

/** Enough to miss the rule soon. */
const SMALL = { services: 60, hours: 0.2 };
/** For each a seed with which the rule is missed. */
const SEEDS = [1, 1, 1, 4, 1];

const byName = ABLATIONS.map(
  (ablation, at) => [ablation.create().name, ablation, SEEDS[at] as number] as const,
);

describe('the oracle of services and checks', () => {
  it.each(byName)(
    'reports violations: %s; and none of the product on the same seed',
    async (_, ablation, seed) => {
      const scenario = { ...ablation.scenario(seed), ...SMALL };
      expect((await simulate(scenario, ablation.create())).findings).not.toEqual([]);
      expect((await simulate(scenario)).findings).toEqual([]);
    },
  );
});
