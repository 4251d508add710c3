import { simulate } from '../simulation.js';
import { ABLATIONS, type Ablation } from './ablations.js';

/** For each a seed, and virtual hours, with which the rule is missed soon; most seeds do, the last is needed rarely. */
const SOON = [
  { seed: 1, hours: 0.1 },
  { seed: 9, hours: 0.1 },
  { seed: 6, hours: 0.2 },
  { seed: 1, hours: 0.2 },
  { seed: 831, hours: 0.1 },
];

const byName = ABLATIONS.map((ablation, at) => [ablation.create().name, ablation, SOON[at]] as const);

describe('The simulation', () => {
  it.each(byName)('reports violations: %s; and none of the product on the same seed', (_, ablation, soon) => {
    const scenario = { ...ablation.scenario(soon?.seed ?? 1), ...soon };
    expect(simulate(scenario, { variant: ablation.create() }).findings).not.toEqual([]);
    expect(simulate(scenario).findings).toEqual([]);
  });

  it('reports living providers as dead, and dead ones as alive to the end, when time is taken from timestamps', () => {
    const [{ create, scenario }] = ABLATIONS as [Ablation];
    const { findings } = simulate({ ...scenario(1), hours: 1 }, { variant: create() });
    const kinds = new Set(findings.map(({ violation }) => violation));
    expect(kinds).toContain('false Unavailable');
    expect(kinds).toContain('not settled in the end');
  });
});
