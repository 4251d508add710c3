import { scaledDownOf, shortOf } from './scenario.js';
import { type Outcome, simulate } from './simulation.js';

/** Two thirds of an hour: as much as a test has time for; the long run has days. */
const SEEDS = [1, 2];

let outcomes: Outcome[];

beforeAll(async () => {
  outcomes = [];
  for (const seed of SEEDS) outcomes.push(await simulate(shortOf(seed)));
});

function total(of: (outcome: Outcome) => number): number {
  return outcomes.reduce((sum, outcome) => sum + of(outcome), 0);
}

describe('services and checks in virtual time', () => {
  it('have a fault for every transition, and a transition for every fault', () => {
    expect(outcomes.flatMap(({ findings }) => findings)).toEqual([]);
  });

  it('go through enough for that to mean something', () => {
    expect(total(({ looks, messages }) => looks + messages)).toBeGreaterThan(20_000);
    expect(total(({ counts }) => counts.transitions)).toBeGreaterThan(500);
    expect(total(({ counts }) => counts.longFaults)).toBeGreaterThan(50);
    expect(total(({ counts }) => counts.removals)).toBeGreaterThan(10);
    expect(total(({ counts }) => counts.crashes)).toBeGreaterThan(2);
  });

  it('are found within their bound, and come close to it', () => {
    const worst = Math.max(...outcomes.map(({ counts }) => counts.worstShareOfBound));
    expect(worst).toBeLessThanOrEqual(1);
    expect(worst).toBeGreaterThan(0.9);
  });

  it('come to the same for the same seed', async () => {
    const small = { ...shortOf(3), services: 40, hours: 0.1 };
    expect(await simulate(small)).toEqual(await simulate(small));
  });
});

describe('a scale-down of 60 % on purpose', () => {
  const small = { ...scaledDownOf(7), services: 80 };

  it('removes what was stopped for good after the hold, and holds nobody of another tag meanwhile', async () => {
    const { findings, stopped, faults, counts } = await simulate(small);
    expect(findings).toEqual([]);
    expect(faults).toMatchObject({ 'scale-down, stopped': expect.any(Number) });
    expect(stopped.all).toBeGreaterThan(5);
    // some are never removed by their own wish, or were stopped just now
    expect(stopped.registered).toBeLessThan(stopped.all / 2);
    expect(counts.removals).toBeGreaterThanOrEqual(stopped.all - stopped.registered);
  });

  it('removes none of them before the hold is over', async () => {
    const { findings, stopped } = await simulate({ ...small, holdHours: 6 });
    expect([findings, stopped.registered]).toEqual([[], stopped.all]);
  });

  it('is no mass failure for those that deregister', async () => {
    const { findings, faults, stopped } = await simulate({ ...small, seed: 11, scaleDowns: 1, hours: 0.3 });
    expect(findings).toEqual([]);
    expect([faults['scale-down, deregistered'] ?? 0, stopped.all]).toEqual([
      expect.any(Number),
      expect.any(Number),
    ]);
  });
});
