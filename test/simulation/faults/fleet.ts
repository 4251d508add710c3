import type { Ledger } from '../invariants/ledger.js';
import type { Scenario } from '../scenario.js';
import { SimulatedProvider, type Surroundings } from '../fleet/simulated-provider.js';

/** How long whoever removes a provider waits before asking again, in milliseconds. */
const ASK_AGAIN_MS = 10_000;

/** The providers of a simulation, those that are gone included: starts, kills and removes them. */
export class Fleet {
  /** Virtual milliseconds in which providers were alive, up to their last change. */
  aliveMs = 0;
  private readonly aliveSinceMs = new Map<SimulatedProvider, number>();

  constructor(
    /** Every provider that ever was, by its index. */
    readonly all: SimulatedProvider[],
    private readonly around: Surroundings,
    private readonly scenario: Scenario,
    private readonly ledger: Ledger,
  ) {}

  get alive(): SimulatedProvider[] {
    return [...this.aliveSinceMs.keys()].filter(({ alive }) => alive);
  }

  /** Adds providers, which start within an interval. */
  grow(count: number): void {
    const { engine, random } = this.around;
    for (let added = 0; added < count; added++) {
      const provider = new SimulatedProvider(this.all.length, this.around);
      this.all.push(provider);
      this.stepClock(provider);
      engine.at(engine.nowMs + random.integer(0, 10_000), () => this.start(provider));
    }
  }

  /** One that dies without a word, and mostly comes back under its name. */
  crashOne(): void {
    const { engine, random } = this.around;
    const provider = random.pick(this.alive);
    if (!provider) return;
    this.end(provider);
    const backInMs = random.pick(this.scenario.backAfterMs) + random.integer(10, 1_000);
    engine.at(engine.nowMs + backInMs, () => {
      if (provider.removed || provider.alive) return;
      this.ledger.revived(provider);
      this.start(provider);
    });
  }

  /** Removes providers by request, all at once, until this share of those that are alive is left. */
  shrinkTo(share: number): void {
    const leaving = this.alive.slice(Math.ceil(share * this.alive.length));
    for (const provider of leaving) {
      this.end(provider);
      provider.removed = true;
      this.remove(provider);
    }
  }

  /** Whoever removes it asks again until it is gone. */
  private remove(provider: SimulatedProvider): void {
    const { engine, controlPlane } = this.around;
    controlPlane.process?.remove(provider);
    engine.at(engine.nowMs + ASK_AGAIN_MS, () => {
      if (controlPlane.store.rows.has(provider.index)) this.remove(provider);
    });
  }

  changePhaseOfOne(): void {
    const provider = this.around.random.pick(this.alive);
    if (provider) provider.phase++;
  }

  stepClockOfOne(): void {
    const provider = this.around.random.pick(this.alive);
    if (provider) this.stepClock(provider);
  }

  /** Cuts some off; within the fault model the network gives back what it has to. */
  partition(): void {
    const { engine, random } = this.around;
    const share = random.pick([0.1, 0.5, 1]);
    const endMs = engine.nowMs + random.integer(1_000, 60_000);
    for (const provider of this.all) if (random.chance(share)) provider.cutOffUntilMs = endMs;
  }

  /** Counts the time of those that are alive up to now. */
  count(): void {
    for (const provider of this.alive) this.countOut(provider);
  }

  private start(provider: SimulatedProvider): void {
    if (provider.removed) return;
    this.aliveSinceMs.set(provider, this.around.engine.nowMs);
    provider.start();
  }

  private end(provider: SimulatedProvider): void {
    this.countOut(provider);
    provider.crash();
    this.ledger.died(provider);
  }

  private countOut(provider: SimulatedProvider): void {
    const { nowMs } = this.around.engine;
    this.aliveMs += nowMs - (this.aliveSinceMs.get(provider) ?? nowMs);
    this.aliveSinceMs.delete(provider);
  }

  private stepClock(provider: SimulatedProvider): void {
    const { clockSkewMs } = this.scenario;
    provider.clockOffsetMs = this.around.random.integer(-clockSkewMs, clockSkewMs);
  }
}
