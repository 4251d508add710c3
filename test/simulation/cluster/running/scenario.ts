import type { Delays } from '../../scenario.js';
import { Random } from '../../engine/random.js';

/** What one simulation of a cluster is made of. Rates are per hour of virtual time, of the whole cluster unless named. */
export interface ClusterScenario {
  readonly seed: number;
  readonly minutes: number;
  readonly instances: number;
  readonly partitions: number;
  readonly providers: number;
  /** The base interval of the heartbeats. */
  readonly baseMs: number;
  /** After how long the group gives up an instance. */
  readonly sessionMs: number;
  /** How likely a beat, and likewise its answer, is lost, and how many in a row at most. */
  readonly loss: number;
  readonly lossesInARow: number;
  readonly delays: Delays;
  /** A provider that hears nothing tries elsewhere at once; otherwise it makes one try per interval. */
  readonly retries: boolean;
  /** It goes to any instance each time, as through a load balancer; otherwise it stays with one. */
  readonly roams: boolean;
  readonly providerCrashesPerProvider: number;
  /** An instance is killed, and a new one starts some seconds later. */
  readonly kills: number;
  /** An instance is stopped for up to a minute and goes on as if nothing had been (SIGSTOP). */
  readonly freezes: number;
  /** How likely an owner is stopped right after it decided something, before it writes it. */
  readonly freezesOnDecision: number;
  /** An instance stops in good order, and a new one starts. */
  readonly restarts: number;
  /** Partitions move every two seconds for half a minute. */
  readonly storms: number;
  readonly logOutages: number;
  readonly storeOutages: number;
  /** An instance reads the log later and later, or writes to it so. */
  readonly lags: number;
  /** An instance is cut off from the log and the group; everybody else is not. */
  readonly cuts: number;
}

const CALM: ClusterScenario = {
  seed: 1,
  minutes: 12,
  instances: 3,
  partitions: 8,
  providers: 100,
  baseMs: 10_000,
  sessionMs: 10_000,
  loss: 0.2,
  lossesInARow: 2,
  delays: 'uniform',
  retries: false,
  roams: true,
  providerCrashesPerProvider: 4,
  kills: 0,
  freezes: 0,
  freezesOnDecision: 0,
  restarts: 0,
  storms: 0,
  logOutages: 0,
  storeOutages: 0,
  lags: 0,
  cuts: 0,
};

/** Nothing happens to the cluster. */
export function calmOf(seed: number): ClusterScenario {
  return { ...CALM, seed };
}

/** The scenario of a seed: sizes, networks and faults of every kind, each of which some seeds have many times. */
export function clusterScenarioOf(seed: number): ClusterScenario {
  const random = new Random(seed);
  return {
    seed,
    minutes: 12,
    instances: random.integer(3, 5),
    partitions: random.integer(4, 16),
    providers: random.integer(50, 200),
    baseMs: random.pick([10_000, 10_000, 10_000, 30_000]),
    sessionMs: random.pick([6_000, 10_000]),
    loss: random.pick([0, 0.02, 0.2, 0.6, 0.95]),
    lossesInARow: 2,
    delays: random.pick(['short', 'uniform', 'extreme'] as const),
    retries: random.chance(0.4),
    roams: random.chance(0.6),
    providerCrashesPerProvider: random.pick([0.5, 2, 6]),
    kills: random.pick([0, 10, 40]),
    freezes: random.pick([0, 10, 40]),
    freezesOnDecision: random.pick([0, 0.1]),
    restarts: random.pick([0, 10]),
    storms: random.pick([0, 10]),
    logOutages: random.pick([0, 10]),
    storeOutages: random.pick([0, 10]),
    lags: random.pick([0, 20]),
    cuts: random.pick([0, 20]),
  };
}
