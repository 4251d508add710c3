import type { Engine } from '../engine/engine.js';
import type { Random } from '../engine/random.js';
import type { ControlPlane } from '../observed/control-plane.js';
import type { Scenario } from '../scenario.js';
import type { Fleet } from './fleet.js';

/** The longest that the control plane stands still in the fault model, in milliseconds. */
const MAX_PAUSE_MS = 60_000;
/** Standstills: such as count for ordinary lateness, short ones, long ones. */
const PAUSES_MS = [250, 1_000, 10_000, MAX_PAUSE_MS];
const PROBE_EVERY_MS = 1_000;

/** Everything that goes wrong in a simulation, until its end. */
export class Faults {
  constructor(
    private readonly engine: Engine,
    private readonly random: Random,
    private readonly scenario: Scenario,
    private readonly controlPlane: ControlPlane,
    private readonly fleet: Fleet,
    private readonly endMs: number,
  ) {}

  start(): void {
    const { scenario, fleet, controlPlane } = this;
    const { providers } = scenario;
    this.often(scenario.providerCrashesPerProvider * providers, () => fleet.crashOne());
    this.often(scenario.phaseChangesPerProvider * providers, () => fleet.changePhaseOfOne());
    this.often(scenario.clockSkewMs > 0 ? providers : 0, () => fleet.stepClockOfOne());
    this.often(scenario.partitions, () => fleet.partition());
    this.often(scenario.pauses, () => this.pause());
    this.often(scenario.controlPlaneCrashes, () => this.crashControlPlane());
    this.often(scenario.shrinks, () => this.churn());
    this.engine.at(PROBE_EVERY_MS, () => this.probe(controlPlane));
  }

  private often(perHour: number, happen: () => void): void {
    if (perHour === 0) return;
    const atMs = this.engine.nowMs + this.random.untilNextMs(perHour);
    if (atMs > this.endMs) return;
    this.engine.at(atMs, () => {
      happen();
      this.often(perHour, happen);
    });
  }

  private pause(): void {
    const lengthMs = this.random.integer(1, this.random.pick(PAUSES_MS));
    this.controlPlane.process?.standstill.until(this.engine.nowMs + lengthMs);
  }

  private crashControlPlane(): void {
    if (this.random.chance(0.5)) this.controlPlane.crash();
    else this.crashAtAWrite(3);
  }

  private crashAtAWrite(within: number): void {
    const { controlPlane, random } = this;
    const write = controlPlane.writes + random.integer(1, within);
    controlPlane.plan = { write, point: random.pick(['before', 'after'] as const) };
  }

  /** The fleet shrinks at once, and grows back later; often while the control plane stands still, or dies with it. */
  private churn(): void {
    const { fleet, random, engine, scenario } = this;
    if (fleet.alive.length < scenario.providers / 2) return;
    if (scenario.pauses > 0 && random.chance(0.5)) this.pause();
    if (scenario.controlPlaneCrashes > 0 && random.chance(0.3)) this.crashAtAWrite(30);
    fleet.shrinkTo(scenario.shrinksTo);
    engine.at(engine.nowMs + random.integer(5_000, 120_000), () =>
      fleet.grow(scenario.providers - fleet.alive.length),
    );
  }

  private probe(controlPlane: ControlPlane): void {
    controlPlane.ledger.probe(this.random.next);
    this.engine.at(this.engine.nowMs + PROBE_EVERY_MS, () => this.probe(controlPlane));
  }
}
