import type { ProbeResult } from '@vitals/core/check';
import type { Check } from '../../../../apps/control-plane/src/checks/check.js';
import type { Random } from '../../engine/random.js';
import type { Driver } from '../time/driver.js';
import { ProcessClock, type WallClock } from '../time/process-clock.js';
import type { MemoryStore } from './memory.store.js';
import { Process } from './process.js';
import type { KillPoint } from './process.store.js';
import type { Variant } from './variant.js';
import type { JournalWatcher } from './watched.journal.js';

/** What the control plane stands in. */
export interface Surroundings {
  readonly driver: Driver;
  readonly random: Random;
  readonly durable: MemoryStore;
  readonly wall: WallClock;
  readonly variant: Variant;
  /** How long a mass failure holds without further goings, in milliseconds. */
  readonly holdMs: number;
  /** Looks at what a check is for. */
  readonly look: (process: Process, check: Check, onStart: () => void) => Promise<ProbeResult>;
}

/** What is told of its lives. */
export interface PlaneWatcher extends JournalWatcher {
  started(process: Process): void;
  crashed(): void;
}

/** The longest that it waits for a write to be killed in, in milliseconds. */
const MAX_WAIT_MS = 60_000;

/** The control plane over all its lives. Points of time are those of the engine. */
export class ControlPlane {
  /** The present life; `undefined` while there is none. */
  process: Process | undefined;
  crashes = 0;
  /** When it last began to live, or ceased to stand still. */
  disturbedMs = 0;
  stillUntilMs = 0;
  private watcher!: PlaneWatcher;
  private runBeforeMs = 0;
  private runsSinceMs = 0;
  private diedMs = 0;

  constructor(private readonly around: Surroundings) {}

  /** Whether it serves at this instant. */
  get isAwake(): boolean {
    return this.process?.ready === true && this.nowMs >= this.stillUntilMs;
  }

  /** For how long it has run, standstills and the time between its lives left out. */
  get ranMs(): number {
    return this.runBeforeMs + (this.process ? Math.max(0, this.nowMs - this.runsSinceMs) : 0);
  }

  private get nowMs(): number {
    return this.around.driver.engine.nowMs;
  }

  start(watcher: PlaneWatcher): void {
    this.watcher = watcher;
    this.live();
  }

  /** Is killed: at a write soon, or in between, and comes back `awayMs` later. */
  crash(point: KillPoint | undefined, awayMs: number): void {
    const { process } = this;
    if (!process) return;
    const kill = (): void => this.die(process, awayMs);
    if (point === undefined) return kill();
    process.store.killAt = { point, kill };
    this.around.driver.engine.at(this.nowMs + MAX_WAIT_MS, kill);
  }

  /** Stands still for so long; nothing of it is told to anybody. */
  standStill(ms: number): void {
    if (!this.isAwake || !this.process) return;
    this.stillUntilMs = this.nowMs + ms;
    this.disturbedMs = this.stillUntilMs;
    this.runBeforeMs = this.ranMs;
    this.runsSinceMs = this.stillUntilMs;
    this.process.clock.standStill(this.stillUntilMs);
  }

  private live(): void {
    const { driver, wall } = this.around;
    const clock = new ProcessClock(driver.engine, wall);
    const process = new Process(this.around, clock, this.watcher, this.nowMs - this.diedMs);
    this.process = process;
    this.runsSinceMs = this.nowMs;
    this.disturbedMs = this.nowMs;
    void process.start().then(() => this.watcher.started(process));
  }

  private die(process: Process, awayMs: number): void {
    if (process !== this.process) return;
    this.runBeforeMs = this.ranMs;
    process.clock.kill();
    this.process = undefined;
    this.stillUntilMs = 0;
    this.crashes++;
    this.diedMs = this.nowMs;
    this.watcher.crashed();
    this.around.driver.engine.at(this.nowMs + awayMs, () => this.live());
  }
}
