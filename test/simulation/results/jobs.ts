import { ABLATIONS } from '../ablations/ablations.js';
import { FixedTimeout } from '../detectors/detector.js';
import { PhiAccrual } from '../detectors/phi-accrual.js';
import { Watch } from '../detectors/watch.js';
import { outsideOf, scenarioOf } from '../scenario.js';
import { simulate } from '../simulation.js';
import { addDetections, emptyTally, type Tally, tallyOf } from './tally.js';

/** One simulation of the long run. */
export type Job =
  | { readonly kind: 'model'; readonly seed: number; readonly providerHours: number }
  | { readonly kind: 'ablation'; readonly seed: number; readonly at: number; readonly ablated: boolean }
  | { readonly kind: 'outside'; readonly seed: number; readonly loss: number; readonly retries: boolean };

/** What a simulation came to: a tally for each of the things that it is about. */
export type JobResult = readonly { readonly name: string; readonly tally: Tally }[];

/** The name under which the leases of the product stand beside other detectors. */
export const PRODUCT = 'Vitals';

/** The detectors that are compared with the product on the same beats. */
function watches(): Watch[] {
  const detectors = [
    new FixedTimeout(30_000),
    new FixedTimeout(40_000),
    new PhiAccrual(8),
    new PhiAccrual(12),
  ];
  return detectors.map((detector) => new Watch(detector));
}

/** Runs one simulation. */
export function runJob(job: Job): JobResult {
  switch (job.kind) {
    case 'model': {
      const outcome = simulate(scenarioOf(job.seed, job.providerHours));
      return [{ name: outcome.scenario.profile, tally: tallyOf(outcome) }];
    }
    case 'ablation': {
      const { create, scenario } = ABLATIONS[job.at] as (typeof ABLATIONS)[number];
      const outcome = simulate(scenario(job.seed), job.ablated ? { variant: create() } : {});
      return [{ name: create().name, tally: tallyOf(outcome) }];
    }
    case 'outside': {
      const watching = watches();
      const outcome = simulate(outsideOf(job.seed, job.loss, job.retries), { watches: watching });
      const { providerHours } = outcome;
      return [
        { name: PRODUCT, tally: tallyOf(outcome) },
        ...watching.map(({ detector, mistakes, detectionsMs }) => {
          const tally = emptyTally();
          Object.assign(tally, { seeds: 1, providerHours, violations: { 'false Unavailable': mistakes } });
          addDetections(tally, detectionsMs);
          return { name: detector.name, tally };
        }),
      ];
    }
  }
}
