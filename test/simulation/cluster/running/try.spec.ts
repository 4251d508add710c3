import { simulateCluster } from './simulate-cluster.js';
import { calmOf, clusterScenarioOf } from './scenario.js';
const N = Number(process.env['N'] ?? 5);
const S = Number(process.env['S'] ?? 1);
it.each(JSON.parse(process.env['R'] ?? '[{}]'))(
  'runs %j',
  (...args: unknown[]) => {
    const rules = args[0] as object;
    const s0 = performance.now();
    const all: Record<string, number> = {};
    const seeds = new Set<number>();
    let max = 0;
    for (let seed = S; seed < S + N; seed++) {
      const o = simulateCluster(process.env['CALM'] ? calmOf(seed) : clusterScenarioOf(seed), rules);
      for (const f of o.findings) {
        all[f.violation] = (all[f.violation] ?? 0) + 1;
        seeds.add(seed);
      }
      max = Math.max(max, ...o.detectionsMs);
      if (process.env['V'])
        console.log(
          seed,
          JSON.stringify(clusterScenarioOf(seed)),
          o.beats,
          o.transitions,
          o.takeovers,
          JSON.stringify(o.faults),
          JSON.stringify(o.findings.slice(0, 3)),
        );
    }
    console.log(
      'SIM',
      JSON.stringify(rules),
      JSON.stringify(all),
      'seeds',
      [...seeds].slice(0, 12).join(),
      seeds.size,
      'of',
      N,
      'maxdet',
      max,
      Math.round(performance.now() - s0),
    );
  },
  3000000,
);

import { CLUSTER_ABLATIONS } from '../ablations/ablations.js';
it.each(
  CLUSTER_ABLATIONS.filter((_, at) => !process.env['A'] || process.env['A']?.split(',').includes(String(at))),
)(
  'ablates $name',
  ({ name, rules, scenario }) => {
    if (!process.env['A']) return;
    for (const product of process.env['P'] ? [true, false] : [false]) {
      const s0 = performance.now();
      const all: Record<string, number> = {};
      const seeds = new Set<number>();
      for (let seed = S; seed < S + N; seed++) {
        const o = simulateCluster(scenario(seed), product ? {} : rules);
        for (const f of o.findings) {
          all[f.violation] = (all[f.violation] ?? 0) + 1;
          seeds.add(seed);
        }
      }
      console.log(
        'ABL',
        name,
        product ? 'PRODUCT' : '',
        JSON.stringify(all),
        'seeds',
        [...seeds].slice(0, 12).join(),
        seeds.size,
        'of',
        N,
        Math.round(performance.now() - s0),
      );
    }
  },
  3000000,
);
