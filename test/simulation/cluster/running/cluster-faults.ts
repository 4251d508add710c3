import type { RunningInstance } from './running-instance.js';
import type { SimulatedCluster } from './simulate-cluster.js';

const MAX_FREEZE_MS = 60_000;
const MAX_OUTAGE_MS = 60_000;
const MAX_LAG_MS = 30_000;

/** What goes wrong, at random times, until the end; what has begun ends by itself within a minute. */
export class ClusterFaults {
  readonly counts: Record<string, number> = {};

  constructor(
    private readonly cluster: SimulatedCluster,
    private readonly endMs: number,
  ) {}

  start(): void {
    const { scenario, running } = this.cluster;
    const { engine, random } = this.cluster;
    for (const [kind, rate, run] of [
      ['kill', scenario.kills, () => this.kill()],
      ['freeze', scenario.freezes, () => this.pick()?.freeze(random.integer(500, MAX_FREEZE_MS))],
      ['restart', scenario.restarts, () => this.restart()],
      ['storm', scenario.storms, () => this.storm(15)],
      ['log away', scenario.logOutages, () => this.logAway()],
      ['store away', scenario.storeOutages, () => this.storeAway()],
      ['lag', scenario.lags, () => this.lag()],
      ['cut', scenario.cuts, () => this.cut()],
      [
        'provider crash',
        scenario.providerCrashesPerProvider * scenario.providers,
        () => this.crashProvider(),
      ],
    ] as const)
      if (rate > 0) this.repeat(kind, rate, run);
    for (const each of running) this.watch(each);
    void engine;
  }

  private repeat(kind: string, rate: number, run: () => void): void {
    const { engine, random } = this.cluster;
    const again = (): void => {
      const atMs = engine.nowMs + random.untilNextMs(rate);
      if (atMs >= this.endMs) return;
      engine.at(atMs, () => {
        this.note(kind);
        run();
        again();
      });
    };
    again();
  }

  private note(kind: string): void {
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
  }

  /** Stops an owner between its decision and its commit. */
  private watch(running: RunningInstance): void {
    const { scenario, random, engine } = this.cluster;
    running.onDecision = () => {
      if (engine.nowMs > this.endMs || !random.chance(scenario.freezesOnDecision)) return;
      this.note('freeze on decision');
      running.freeze(random.integer(500, MAX_FREEZE_MS));
    };
  }

  private pick(): RunningInstance | undefined {
    const alive = this.alive();
    return alive.length > 0 ? this.cluster.random.pick(alive) : undefined;
  }

  private alive(): RunningInstance[] {
    return this.cluster.running.filter(({ isReachable }) => isReachable);
  }

  /** The last one is not killed: nobody would be there to be wrong. */
  private kill(): void {
    const alive = this.alive();
    if (alive.length < 2) return;
    this.cluster.random.pick(alive).kill();
    this.bootLater();
  }

  private restart(): void {
    if (this.alive().length < 2) return;
    this.pick()?.leave();
    this.bootLater();
  }

  private bootLater(): void {
    const { engine, random } = this.cluster;
    engine.at(engine.nowMs + random.integer(1_000, 30_000), () => this.watch(this.cluster.boot()));
  }

  private storm(left: number): void {
    const { engine, random, group } = this.cluster;
    group.shuffle(random.integer(0, 10));
    if (left > 0) engine.at(engine.nowMs + 2_000, () => this.storm(left - 1));
  }

  private logAway(): void {
    this.for(MAX_OUTAGE_MS, (isAway) => (this.cluster.weather.isLogAway = isAway));
  }

  private storeAway(): void {
    this.for(MAX_OUTAGE_MS, (isAway) => (this.cluster.around.store.isAway = isAway));
  }

  private cut(): void {
    const running = this.pick();
    if (running) this.for(MAX_OUTAGE_MS, (isCut) => (running.isCut = isCut));
  }

  /** Grows slowly or at once, and ends at once. */
  private lag(): void {
    const running = this.pick();
    if (!running) return;
    const { engine, random } = this.cluster;
    const which = random.pick(['readLagMs', 'writeLagMs'] as const);
    const stepMs = random.pick([50, 200, MAX_LAG_MS]);
    const untilMs = engine.nowMs + random.integer(5_000, 60_000);
    const grow = (): void => {
      const isOver = engine.nowMs >= untilMs;
      running[which] = isOver ? 0 : Math.min(MAX_LAG_MS, running[which] + stepMs);
      if (!isOver) engine.at(engine.nowMs + 500, grow);
    };
    grow();
  }

  private for(maxMs: number, set: (isOn: boolean) => void): void {
    const { engine, random } = this.cluster;
    set(true);
    engine.at(engine.nowMs + random.integer(200, maxMs), () => set(false));
  }

  private crashProvider(): void {
    const { engine, random, providers } = this.cluster;
    const provider = random.pick([...providers.values()]);
    if (!provider.isAlive) return;
    provider.crash();
    if (random.chance(0.3)) return;
    engine.at(engine.nowMs + random.pick([3_000, 20_000, 60_000, 180_000]), () => provider.start());
  }
}
