import type { Engine } from '../../engine/engine.js';
import type { Random } from '../../engine/random.js';
import type { Group } from '../model/group.js';
import type { Instance } from '../model/instance.js';
import type { Surroundings } from '../model/replica.js';

/** How often a process sweeps, reads and writes, in milliseconds. */
const TICK_MS = 200;
const LINGER_MS = 100;
/** An owner whose epoch is contested, or was not answered, asks again after this time. */
const RETRY_MS = 4_000;
/** Ordinary ways to the log and back. */
const MAX_WAY_MS = 30;

/** What goes wrong with all of them. */
export interface Weather {
  isLogAway: boolean;
}

/** One instance in virtual time: timers, ways to the log, and what goes wrong with it. */
export class RunningInstance {
  /** Since when it is stopped; `undefined` while it runs. */
  hangingSinceMs: number | undefined;
  /** It reaches neither the log nor the group. */
  isCut = false;
  /** How late it reads, and how late what it writes arrives, beside the ordinary. */
  readLagMs = 0;
  writeLagMs = 0;
  lastHeardMs: number;
  /** Told once it decided something that is not written yet. */
  onDecision: () => void = () => undefined;
  private readonly arrivals: number[];
  private isLeaving = false;
  /** What came while it was stopped waits in its sockets. */
  private waiting: (() => void)[] = [];

  constructor(
    readonly instance: Instance,
    private readonly engine: Engine,
    private readonly random: Random,
    private readonly around: Surroundings,
    private readonly group: Group,
    private readonly weather: Weather,
  ) {
    this.arrivals = around.logs.map(() => 0);
    this.lastHeardMs = engine.nowMs;
    group.join(instance.id);
    this.every(TICK_MS, () => this.tick());
    this.every(LINGER_MS, () => this.flush());
    this.every(around.times.watermarkMs, () => this.instance.mark());
  }

  get isReachable(): boolean {
    return !this.instance.isCrashed && !this.isLeaving;
  }

  /** The group has not given it up. */
  get isMember(): boolean {
    return this.group.members.includes(this.instance.id);
  }

  accept(name: string): number | undefined {
    return this.instance.accept(name);
  }

  kill(): void {
    this.instance.isCrashed = true;
  }

  get isHanging(): boolean {
    return this.hangingSinceMs !== undefined;
  }

  freeze(ms: number): void {
    if (this.isHanging || this.instance.isCrashed) return;
    this.hangingSinceMs = this.engine.nowMs;
    this.engine.at(this.engine.nowMs + ms, () => {
      this.hangingSinceMs = undefined;
      for (const arrive of this.waiting.splice(0)) if (!this.instance.isCrashed) arrive();
    });
  }

  /** What arrives is handled once the process goes on. */
  onceAwake(arrive: () => void): void {
    this.waiting.push(arrive);
  }

  /** Stops in good order: takes no more, writes what it took, and leaves the group. */
  leave(): void {
    if (this.instance.isCrashed || this.isHanging) return;
    this.isLeaving = true;
    this.instance.mark('farewell');
    this.flush();
    this.engine.at(this.engine.nowMs + 3_000, () => {
      // nobody knows that it left if it was stopped meanwhile, or killed
      if (this.isHanging || this.instance.isCrashed) return;
      this.instance.isCrashed = true;
      this.group.remove(this.instance.id, true);
    });
  }

  private every(ms: number, run: () => void): void {
    const again = (): void => {
      if (this.instance.isCrashed) return;
      if (!this.isHanging) run();
      this.engine.at(this.engine.nowMs + ms, again);
    };
    this.engine.at(this.engine.nowMs + this.random.integer(0, ms), again);
  }

  private tick(): void {
    const { instance } = this;
    instance.tick();
    // a process that goes on may write before it reads
    if (this.random.chance(0.5)) instance.commit();
    this.readGroup();
    this.readLogs();
    instance.follow();
    // the group confirms with every heartbeat
    if (!this.isCut) instance.retry(RETRY_MS);
    while (instance.requests.length > 0) instance.raise();
    while (instance.answers.length > 0) instance.takeAnswer();
    instance.commit();
    for (let partition = 0; partition < this.around.logs.length; partition++) instance.sweep(partition);
    if (instance.decisions.length > 0) this.onDecision();
  }

  private readGroup(): void {
    if (this.isCut) return;
    this.lastHeardMs = this.engine.nowMs;
    const { id } = this.instance;
    while (this.group.hasNews(id)) {
      const event = this.group.next(id);
      if (event) this.instance.onGroup(event);
      if (event?.kind === 'expelled' && !this.isLeaving) this.group.join(id);
    }
  }

  private readLogs(): void {
    if (this.weather.isLogAway || this.isCut) return;
    this.around.logs.forEach((log, partition) => {
      const from = this.instance.positions[partition] as number;
      this.instance.read(partition, log.countBefore(from, this.engine.nowMs - this.readLagMs));
    });
  }

  /** Sends what waits, in order; it is written when it arrives, and acknowledged after that. */
  private flush(): void {
    if (this.weather.isLogAway || this.isCut) return;
    const { engine, instance } = this;
    this.around.logs.forEach((log, partition) => {
      const records = instance.takeOutbox(partition);
      const last = records.at(-1);
      if (last === undefined) return;
      const wayMs = this.random.integer(1, MAX_WAY_MS) + this.writeLagMs;
      const atMs = Math.max(this.arrivals[partition] as number, engine.nowMs + wayMs);
      this.arrivals[partition] = atMs;
      // what a process sent last may have left its machine, or not
      const leavesWhenKilled = this.random.chance(0.5);
      engine.at(atMs, () => {
        if (instance.isCrashed && !leavesWhenKilled && !this.isLeaving) return;
        log.append(records, engine.nowMs);
        engine.at(engine.nowMs + this.random.integer(1, MAX_WAY_MS), () => {
          instance.gates[partition]?.acknowledge(last.sentMs);
        });
      });
    });
  }
}
