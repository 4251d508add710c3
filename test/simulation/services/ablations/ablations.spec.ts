import { simulate } from '../simulation.js';
import { ABLATIONS } from './ablations.js';

/** Enough to miss the rule soon. */
const SMALL = { services: 60, hours: 0.2 };
/** A rule is missed by one of these seeds at the latest. */
const MAX_SEEDS = 8;

const byName = ABLATIONS.map((ablation) => [ablation.create().name, ablation] as const);

describe('the oracle of services and checks', () => {
  it.each(byName)(
    'reports violations: %s; and none of the product on the same seeds',
    async (_, ablation) => {
      let found = 0;
      for (let seed = 1; seed <= MAX_SEEDS && found === 0; seed++) {
        const scenario = { ...ablation.scenario(seed), ...SMALL };
        found = (await simulate(scenario, ablation.create())).findings.length;
        expect((await simulate(scenario)).findings).toEqual([]);
      }
      expect(found).toBeGreaterThan(0);
    },
  );
});
