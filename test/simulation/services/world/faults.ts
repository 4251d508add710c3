import type { Random } from '../../engine/random.js';
import type { ControlPlane } from '../plane/control-plane.js';
import type { MemoryStore } from '../plane/memory.store.js';
import type { Scenario } from '../scenario.js';
import type { Driver } from '../time/driver.js';
import type { WallClock } from '../time/process-clock.js';
import type { MassFailures } from './mass-failures.js';
import type { SimulatedService, Trouble } from './simulated-service.js';
import type { World } from './world.js';

const LOOKED_AT: readonly Trouble[] = ['down', 'down', 'slow', 'denied'];
const WAITED_FOR: readonly Trouble[] = ['silent', 'silent', 'failing by message', 'passes lost'];

/** What the faults of a simulation act on. */
export interface Stage {
  readonly driver: Driver;
  readonly random: Random;
  readonly scenario: Scenario;
  readonly world: World;
  readonly plane: ControlPlane;
  readonly durable: MemoryStore;
  readonly wall: WallClock;
  readonly massFailures: MassFailures;
  readonly services: readonly SimulatedService[];
}

/** Everything that goes wrong, each at its rate. */
export class Faults {
  /** How often each kind began. */
  readonly begun: Record<string, number> = {};
  /** When the store came back; in the future while it is away. */
  storeAwayUntilMs = 0;

  private readonly scaledDown = new Set<string>();

  constructor(private readonly stage: Stage) {}

  start(): void {
    const { scenario, services, random, plane, world } = this.stage;
    for (const service of services) {
      this.again(scenario.faults, () => this.strike(service));
      if (service.plan.node) this.again(scenario.requests, () => this.request(service));
    }
    for (const tag of new Set(services.map((service) => service.tag))) {
      if (tag === undefined) continue;
      this.again(scenario.massFailures, () => this.fail(tag));
      this.again(scenario.scaleDowns, () => this.scaleDown(tag));
    }
    this.again(scenario.crashes, () => {
      this.count('crash');
      plane.crash(random.pick(['before', 'after', undefined] as const), this.spanMs(1_000, 600_000));
    });
    this.again(scenario.standstills, () => {
      this.count('standstill');
      plane.standStill(this.spanMs(300, 120_000));
    });
    this.again(scenario.storeOutages, () => this.takeStore());
    this.again(scenario.wallClockJumps, () => {
      this.count('wall clock jump');
      this.stage.wall.offMs += (random.chance(0.5) ? 1 : -1) * this.spanMs(1_000, 7_200_000);
    });
    this.again(scenario.blindness, () => {
      if (world.blind) return;
      this.count('blindness');
      world.blind = true;
      this.in(this.spanMs(5_000, 900_000), () => {
        world.blind = false;
        world.sightedMs = this.nowMs;
      });
    });
  }

  private get nowMs(): number {
    return this.stage.driver.engine.nowMs;
  }

  private strike(service: SimulatedService): void {
    const { random, world } = this.stage;
    if (service.trouble !== 'none' || service.stopped) return;
    const trouble = random.pick(service.plan.isTtl ? WAITED_FOR : LOOKED_AT);
    const lastsMs =
      trouble === 'passes lost'
        ? random.integer(1, 4) * service.plan.cadenceMs
        : this.spanMs(3_000, 1_800_000);
    if (trouble !== 'passes lost' && random.chance(0.2))
      return this.flap(service, trouble, this.nowMs + lastsMs);
    this.count(trouble);
    world.trouble(service, trouble);
    this.in(lastsMs, () => world.trouble(service, 'none'));
  }

  /** In trouble and out of it, again and again. */
  private flap(service: SimulatedService, trouble: Trouble, untilMs: number): void {
    this.count('flapping');
    const longestMs = this.spanMs(3_000, 120_000);
    const turn = (next: Trouble): void => {
      const isOver = this.nowMs >= untilMs;
      this.stage.world.trouble(service, isOver ? 'none' : next);
      if (!isOver) this.in(this.spanMs(1_000, longestMs), () => turn(next === 'none' ? trouble : 'none'));
    };
    turn(trouble);
  }

  private request(service: SimulatedService): void {
    const { world, random } = this.stage;
    if (service.gone || service.stopped) return;
    if (random.chance(0.5)) {
      this.count('registered again');
      return world.arrive(service);
    }
    this.count('deregistered');
    world.leave(service);
    this.in(this.spanMs(30_000, 1_200_000), () => world.arrive(service));
  }

  private fail(tag: string): void {
    const { massFailures, world, random } = this.stage;
    const share = 0.8 + 0.2 * random.next();
    const there = this.stage.services.filter((service) => service.tag === tag);
    if (there.some(({ inMassFailure }) => inMassFailure)) return;
    const gone = there.filter(() => random.chance(share));
    this.count('mass failure');
    massFailures.began(tag, gone);
    const set = (isIn: boolean) => (service: SimulatedService) =>
      world.change(service, () => (service.inMassFailure = isIn));
    gone.forEach(set(true));
    this.in(this.spanMs(60_000, 2_400_000), () => {
      gone.forEach(set(false));
      massFailures.ended(tag);
    });
  }

  /** Each tag once: what stops stays stopped. */
  private scaleDown(tag: string): void {
    const { massFailures, world, random } = this.stage;
    const there = massFailures.of(tag);
    if (this.scaledDown.has(tag) || there.length === 0) return;
    this.scaledDown.add(tag);
    const gone = there.slice(0, Math.ceil(0.6 * there.length));
    if (random.chance(0.5)) {
      this.count('scale-down, deregistered');
      return gone.forEach((service) => world.leave(service));
    }
    this.count('scale-down, stopped');
    massFailures.began(tag, gone, { forGood: true });
    for (const service of gone)
      world.change(service, () => Object.assign(service, { stopped: true, inMassFailure: true }));
  }

  private takeStore(): void {
    const { durable } = this.stage;
    if (durable.away) return;
    this.count('store outage');
    durable.away = true;
    this.storeAwayUntilMs = Number.POSITIVE_INFINITY;
    this.in(this.spanMs(2_000, 400_000), () => {
      durable.away = false;
      this.storeAwayUntilMs = this.nowMs;
    });
  }

  private count(kind: string): void {
    this.begun[kind] = (this.begun[kind] ?? 0) + 1;
  }

  /** Calls `run` again and again, so often an hour; never for 0. */
  private again(perHour: number, run: () => void): void {
    if (perHour <= 0) return;
    this.in(this.stage.random.untilNextMs(perHour), () => {
      this.again(perHour, run);
      run();
    });
  }

  /** Between two lengths, short ones as likely as long ones. */
  private spanMs(leastMs: number, mostMs: number): number {
    return Math.round(leastMs * (mostMs / leastMs) ** this.stage.random.next());
  }

  private in(ms: number, run: () => void): void {
    this.stage.driver.engine.at(this.nowMs + ms, run);
  }
}
