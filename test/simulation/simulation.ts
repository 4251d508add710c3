import { IntervalPolicy } from '@vitals/core/lease';
import type { Watch } from './detectors/watch.js';
import { Engine } from './engine/engine.js';
import { Random } from './engine/random.js';
import { Faults } from './faults/faults.js';
import { Fleet } from './faults/fleet.js';
import type { SimulatedProvider, Surroundings } from './fleet/simulated-provider.js';
import type { Finding } from './invariants/finding.js';
import { Ledger } from './invariants/ledger.js';
import { Network } from './network/network.js';
import { ControlPlane, type CrashPlan } from './observed/control-plane.js';
import { Variant } from './observed/variant.js';
import type { Scenario } from './scenario.js';

/** What one simulation came to. */
export interface Outcome {
  readonly scenario: Scenario;
  readonly findings: readonly Finding[];
  /** Hours of virtual time in which a provider was alive, summed over all. */
  readonly providerHours: number;
  /** Beats and registrations that the control plane took. */
  readonly beats: number;
  readonly transitions: number;
  readonly controlPlaneCrashes: number;
  readonly writes: number;
  readonly detectionsMs: readonly number[];
  readonly worstShareOfBound: number;
}

/** What a provider beats at before it was told anything: the default of the agent, or less. */
const FIRST_INTERVAL_MS = 10_000;

/** How to run a scenario; without any of it, as the product does. */
export interface Run {
  readonly variant?: Variant;
  /** A write at which the control plane is killed, besides what the scenario has. */
  readonly crashPlan?: CrashPlan;
  /** Other detectors that see the same beats. */
  readonly watches?: readonly Watch[];
}

/** Runs a scenario from its seed: the same seed and variant, the same outcome. */
export function simulate(scenario: Scenario, { variant, crashPlan, watches = [] }: Run = {}): Outcome {
  const engine = new Engine();
  const random = new Random(scenario.seed);
  const network = new Network(scenario, random);
  const providers: SimulatedProvider[] = [];
  const ledger = new Ledger(providers, engine, watches);
  const controlPlane = new ControlPlane(engine, random, scenario, network, variant ?? new Variant(), ledger);
  controlPlane.plan = crashPlan;
  const firstIntervalMs = Math.min(FIRST_INTERVAL_MS, scenario.intervals.baseMs);
  const around: Surroundings = {
    engine,
    random,
    network,
    controlPlane,
    firstIntervalMs,
    retries: scenario.retries,
  };
  const fleet = new Fleet(providers, around, scenario, ledger);
  const endMs = Math.ceil(scenario.hours * 3_600_000);

  controlPlane.start();
  fleet.grow(scenario.providers);
  new Faults(engine, random, scenario, controlPlane, fleet, endMs).start();
  engine.runUntil(endMs + quietMs(scenario));
  fleet.count();
  ledger.finish(controlPlane.store);
  return {
    scenario,
    findings: ledger.findings,
    providerHours: fleet.aliveMs / 3_600_000,
    beats: ledger.beats,
    transitions: controlPlane.store.log.length,
    controlPlaneCrashes: controlPlane.crashes,
    writes: controlPlane.writes,
    detectionsMs: ledger.detectionsMs,
    worstShareOfBound: ledger.worstShareOfBound,
  };
}

/** Without new faults everything has settled after this time: an outage, and twice what may pass until a crash is found. */
function quietMs({ intervals, providers }: Scenario): number {
  const policy = new IntervalPolicy(intervals);
  return 900_000 + 2 * policy.detectionBoundMs(policy.allowedSilenceMs(policy.longestMs(2 * providers)));
}
