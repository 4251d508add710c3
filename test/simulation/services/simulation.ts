import { Logger } from '@nestjs/common';
import { Engine } from '../engine/engine.js';
import { Random } from '../engine/random.js';
import type { Counts } from './oracle/counts.js';
import type { Finding } from './oracle/finding.js';
import { Oracle } from './oracle/oracle.js';
import { ControlPlane } from './plane/control-plane.js';
import { MemoryStore } from './plane/memory.store.js';
import { Variant } from './plane/variant.js';
import type { Scenario } from './scenario.js';
import { Driver } from './time/driver.js';
import { WallClock } from './time/process-clock.js';
import { Faults } from './world/faults.js';
import { MassFailures } from './world/mass-failures.js';
import { population } from './world/population.js';
import { World } from './world/world.js';

/** How often everybody is audited, in milliseconds. */
const AUDIT_EVERY_MS = 60_000;

/** What one simulation came to. */
export interface Outcome {
  readonly scenario: Scenario;
  readonly findings: readonly Finding[];
  readonly counts: Counts;
  /** How often each kind of fault began. */
  readonly faults: Readonly<Record<string, number>>;
  readonly looks: number;
  readonly messages: number;
  /** Services that were stopped for good, and those of them that are registered in the end. */
  readonly stopped: { readonly all: number; readonly registered: number };
}

/** Runs a scenario from its seed over the parts of the product: the same seed and variant, the same outcome. */
export async function simulate(scenario: Scenario, variant = new Variant()): Promise<Outcome> {
  Logger.overrideLogger(false);
  const engine = new Engine();
  const driver = new Driver(engine);
  const random = new Random(scenario.seed);
  const services = population(random, scenario);
  const durable = new MemoryStore();
  const wall = new WallClock(engine);
  const world = new World(driver, random, new Map(services.map((service) => [service.plan.id, service])));
  const look: World['look'] = (process, check, onStart) => world.look(process, check, onStart);
  const holdMs = scenario.holdHours * 3_600_000;
  const plane = new ControlPlane({ driver, random, durable, wall, variant, look, holdMs });
  const nowMs = (): number => engine.nowMs;
  const blindUntilMs = (): number => (world.blind ? Number.POSITIVE_INFINITY : world.sightedMs);
  const massFailures = new MassFailures(services, plane, nowMs, blindUntilMs, holdMs);
  const faults = new Faults({
    driver,
    random,
    scenario,
    world,
    plane,
    durable,
    wall,
    massFailures,
    services,
  });
  const oracle = new Oracle({
    nowMs,
    wallMs: () => wall.nowMs(),
    plane,
    durable,
    services,
    massFailures,
    blindUntilMs,
    storeAwayUntilMs: () => faults.storeAwayUntilMs,
  });
  world.oracle = oracle;
  world.plane = plane;

  const audit = (): void => {
    oracle.auditAll();
    engine.at(nowMs() + AUDIT_EVERY_MS, audit);
  };
  plane.start(oracle);
  world.start();
  faults.start();
  audit();
  await driver.runUntil(scenario.hours * 3_600_000);
  oracle.finish();
  const { findings, counts } = oracle;
  const stopped = services.filter((service) => service.stopped);
  const registered = stopped.filter(({ plan }) => plane.process?.directory.find(plan.id));
  return {
    scenario,
    findings,
    counts,
    faults: faults.begun,
    looks: world.looks,
    messages: world.messages,
    stopped: { all: stopped.length, registered: registered.length },
  };
}
