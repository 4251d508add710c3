import { IN_MODEL, type Scenario, scenarioOf } from './scenario.js';
import { simulate } from './simulation.js';

/** Enough of everything that is written: registrations, first beats, phases, deaths, returns, late reports. */
const SMALL: Scenario = {
  ...IN_MODEL,
  providers: 3,
  hours: 0.05,
  loss: 0.3,
  providerCrashesPerProvider: 60,
  phaseChangesPerProvider: 120,
  controlPlaneCrashes: 0,
};

/** A seed with a small fleet. */
function shortOf(seed: number): Scenario {
  return { ...scenarioOf(seed), providers: 60, hours: 0.5 };
}

/** The writes of its three minutes; those after them are late reports only. */
const EVENTFUL_WRITES = 70;

describe('The fault model', () => {
  it('holds for seeds of every kind: nobody is called dead who lives, and no death is missed', () => {
    const outcomes = Array.from({ length: 24 }, (_, at) => simulate(shortOf(at + 1)));
    expect(outcomes.flatMap(({ findings }) => findings)).toEqual([]);
    expect(new Set(outcomes.map(({ scenario }) => scenario.profile)).size).toBe(4);
    const total = (of: (outcome: (typeof outcomes)[number]) => number) =>
      outcomes.reduce((sum, outcome) => sum + of(outcome), 0);
    expect(total(({ detectionsMs }) => detectionsMs.length)).toBeGreaterThan(100);
    expect(total(({ controlPlaneCrashes }) => controlPlaneCrashes)).toBeGreaterThan(5);
  });

  it('holds when the control plane is killed at any write, before it is durable or before it is answered', () => {
    const { writes, findings } = simulate(SMALL);
    expect(findings).toEqual([]);
    expect(writes).toBeGreaterThan(EVENTFUL_WRITES);
    for (let write = 1; write <= EVENTFUL_WRITES; write++) {
      for (const point of ['before', 'after'] as const) {
        const outcome = simulate(SMALL, { crashPlan: { write, point } });
        expect([write, point, outcome.controlPlaneCrashes, outcome.findings]).toEqual([write, point, 1, []]);
      }
    }
  });

  it('finds a crash within 38.1 s of running time at the default settings, and comes close to it', () => {
    const { detectionsMs, worstShareOfBound } = simulate({
      ...IN_MODEL,
      providers: 150,
      hours: 0.5,
      providerCrashesPerProvider: 20,
      controlPlaneCrashes: 0,
    });
    expect(Math.max(...detectionsMs)).toBeLessThanOrEqual(38_100);
    expect(worstShareOfBound).toBeGreaterThan(0.97);
  });

  it('comes to the same for the same seed', () => {
    expect(simulate(SMALL)).toEqual(simulate(SMALL));
    expect(simulate({ ...SMALL, seed: 2 }).beats).not.toBe(simulate(SMALL).beats);
  });
});
