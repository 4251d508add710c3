import type { IntervalSettings } from '@vitals/core/lease';
import { Random } from './engine/random.js';

/** How long messages take, each way. */
export type Delays = 'short' | 'uniform' | 'extreme';

/** What one simulation is made of. Rates are per hour of virtual time, of the whole control plane unless named. */
export interface Scenario {
  readonly seed: number;
  readonly profile: string;
  readonly hours: number;
  readonly intervals: IntervalSettings;
  readonly providers: number;
  /** How often the fleet shrinks, to this share of it, and grows back. */
  readonly shrinks: number;
  readonly shrinksTo: number;
  /** How likely a beat, and likewise its answer, is lost. */
  readonly loss: number;
  /** The most exchanges in a row that one provider loses: 2 in the fault model. */
  readonly lossesInARow: number;
  readonly delays: Delays;
  /** Providers try again inside an interval, as the agent does; otherwise they make one try per interval. */
  readonly retries: boolean;
  /** How far off providers' clocks are, at most. */
  readonly clockSkewMs: number;
  readonly providerCrashesPerProvider: number;
  /**
   * After how long one that crashed may come back under its name, and up to a second more: when what it sent
   * last has arrived.
   */
  readonly backAfterMs: readonly number[];
  readonly controlPlaneCrashes: number;
  readonly pauses: number;
  readonly partitions: number;
  readonly phaseChangesPerProvider: number;
}

const DAY_MS = 86_400_000;

/** The fault model at the default settings. */
export const IN_MODEL: Scenario = {
  seed: 1,
  profile: 'default',
  hours: 2.5,
  intervals: { baseMs: 10_000, missedBeats: 3, graceMs: 3_000, maxHeartbeatsPerSecond: 20_000 },
  providers: 400,
  shrinks: 0,
  shrinksTo: 1,
  loss: 0.2,
  lossesInARow: 2,
  delays: 'uniform',
  retries: false,
  clockSkewMs: DAY_MS,
  providerCrashesPerProvider: 0.5,
  backAfterMs: [2_000, 5_000, 40_000, 300_000],
  controlPlaneCrashes: 4,
  pauses: 12,
  partitions: 4,
  phaseChangesPerProvider: 2,
};

/** A fleet over its budget: intervals grow and shrink with it. */
function overBudget(random: Random): Partial<Scenario> {
  const providers = random.integer(60, 300);
  const intervalSeconds = random.integer(15, 60);
  return {
    profile: 'over budget',
    providers,
    shrinks: random.pick([6, 20, 120]),
    shrinksTo: random.pick([0.1, 0.2, 0.4]),
    intervals: { ...IN_MODEL.intervals, maxHeartbeatsPerSecond: providers / intervalSeconds },
  };
}

function profileOf(random: Random): Partial<Scenario> {
  const draw = random.next();
  if (draw < 0.7) return {};
  if (draw < 0.9) return overBudget(random);
  const baseMs = draw < 0.95 ? 5_000 : 60_000;
  return { profile: `base ${baseMs / 1_000} s`, intervals: { ...IN_MODEL.intervals, baseMs } };
}

/** The scenario of a seed, always within the fault model: most at the default settings, some at others. */
export function scenarioOf(seed: number, providerHours = 1_000): Scenario {
  const random = new Random(seed);
  const scenario = { ...IN_MODEL, ...profileOf(random) };
  return {
    ...scenario,
    seed,
    hours: providerHours / scenario.providers,
    loss: random.pick([0, 0.02, 0.2, 0.6, 0.95]),
    delays: random.pick(['short', 'uniform', 'extreme'] as const),
    retries: random.chance(0.3),
    clockSkewMs: random.pick([0, 40_000, DAY_MS]),
    controlPlaneCrashes: random.pick([0, 2, 6, 20]),
    pauses: random.pick([0, 10, 40]),
    partitions: random.pick([0, 5]),
  };
}

/** Outside the fault model: every message is lost on its own, however many before it were; nothing else goes wrong. */
export function outsideOf(seed: number, loss: number, retries: boolean): Scenario {
  return {
    ...IN_MODEL,
    seed,
    profile: 'outside',
    hours: 12.5,
    loss,
    lossesInARow: Number.POSITIVE_INFINITY,
    retries,
    backAfterMs: [300_000],
    controlPlaneCrashes: 0,
    pauses: 0,
    partitions: 0,
  };
}
