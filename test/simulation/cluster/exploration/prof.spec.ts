import { copyOf, fingerprintOf } from './graph.js';
import { endsWell, protocolWorld } from './worlds.js';
it('prof', () => {
  const w = protocolWorld();
  const world = w.begin();
  const time = (what: string, n: number, f: () => void) => {
    f();
    const s = performance.now();
    for (let i = 0; i < n; i++) f();
    console.log(what, (((performance.now() - s) / n) * 1000).toFixed(0), 'us');
  };
  time('copy', 2000, () => copyOf(world, w.shared));
  time('print', 2000, () => fingerprintOf(world, w.shared));
  time('future', 50, () => endsWell(copyOf(world, w.shared)));
  const c = copyOf(world, w.shared);
  console.log(c.actions());
});
import { explore } from './explore.js';
import { timeWorld } from './worlds.js';
const N = Number(process.env['N'] ?? 25000);
const R = JSON.parse(process.env['R'] ?? '[{}]');
it.each(
  R.flatMap((r: object) => [
    ['protocol', r],
    ['time', r],
  ]).filter(([n]: [string]) => !process.env['W'] || process.env['W'] === n),
)(
  'grow %s %j',
  (name: string, rules: object) => {
    const w = name === 'time' ? timeWorld(rules) : protocolWorld(rules);
    const s = performance.now();
    const r = explore(w.begin as never, w.shared, { depth: 30, maxTransitions: N });
    console.log(
      name,
      JSON.stringify(rules),
      r.states,
      r.transitions,
      r.depth,
      Math.round(performance.now() - s),
      JSON.stringify(r.violations.slice(0, 1)),
    );
  },
  3000000,
);
