import { Random } from '../engine/random.js';
import { IN_MODEL } from '../scenario.js';
import { type Line, Network } from './network.js';

function line(): Line {
  return { lostInARow: 0, cutOffUntilMs: 0 };
}

describe('Network', () => {
  it('loses no more in a row than it may, whether by chance or in a partition', () => {
    const network = new Network({ ...IN_MODEL, loss: 0.9 }, new Random(1));
    const cutOff = { ...line(), cutOffUntilMs: 1_000 };
    expect([1, 2, 3, 4].map(() => network.loses(cutOff, 0))).toEqual([true, true, false, false]);
    cutOff.lostInARow = 0;
    expect(network.loses(cutOff, 0)).toBe(true);
  });

  it('loses as often as it is told to outside the fault model', () => {
    const scenario = { ...IN_MODEL, loss: 0.05, lossesInARow: Number.POSITIVE_INFINITY };
    const network = new Network(scenario, new Random(1));
    const one = line();
    const lost = Array.from({ length: 20_000 }, () => network.loses(one, 0)).filter(Boolean).length;
    expect(lost / 20_000).toBeCloseTo(0.05, 2);
  });

  it.each(['short', 'uniform', 'extreme'] as const)('delays no longer than 2 s: %s', (delays) => {
    const network = new Network({ ...IN_MODEL, delays }, new Random(1));
    const drawn = Array.from({ length: 1_000 }, () => network.delayMs());
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(2_000);
  });
});
