import type { Engine } from '../../engine/engine.js';
import type { Random } from '../../engine/random.js';
import type { Line, Network } from '../../network/network.js';
import type { RunningInstance } from './running-instance.js';

/** What a provider finds. */
export interface Fronts {
  /** The instances that were started, whatever became of them. */
  readonly running: readonly RunningInstance[];
}

/** What a provider beats at before it was told anything. */
const FIRST_INTERVAL_MS = 10_000;
/** It gives up an instance that does not answer after this time. */
const TIMEOUT_MS = 4_000;
/** What `Retry-After` says. */
const RETRY_MS = 1_000;
const MAX_LOST = 2;

/** One beat and its answer. */
interface Round {
  /** Of the provider; another one is over. */
  readonly life: number;
  readonly isOver: boolean;
}

/** A provider that beats at the interval it was told, through whichever instance takes it. */
export class SimulatedProvider implements Line {
  lostInARow = 0;
  cutOffUntilMs = 0;
  isAlive = false;
  crashedMs = 0;
  /** When its first beat after its last start was acknowledged; infinite before. */
  heardAgainMs = Number.POSITIVE_INFINITY;
  accepted = 0;
  private life = 0;
  private intervalMs = FIRST_INTERVAL_MS;
  private front = 0;

  constructor(
    readonly name: string,
    private readonly engine: Engine,
    private readonly random: Random,
    private readonly network: Network,
    private readonly fronts: Fronts,
    private readonly retries: boolean,
    private readonly roams: boolean,
  ) {}

  start(): void {
    this.isAlive = true;
    this.life++;
    this.heardAgainMs = Number.POSITIVE_INFINITY;
    this.intervalMs = FIRST_INTERVAL_MS;
    this.lostInARow = 0;
    this.schedule(this.random.integer(0, FIRST_INTERVAL_MS));
  }

  crash(): void {
    this.isAlive = false;
    this.life++;
    this.crashedMs = this.engine.nowMs;
  }

  private schedule(afterMs: number): void {
    const { life } = this;
    this.engine.at(this.engine.nowMs + afterMs, () => {
      if (life === this.life) this.beat();
    });
  }

  private beat(): void {
    if (this.roams) this.front = this.random.integer(0, 1_000);
    const sentMs = this.engine.nowMs;
    const round = { life: this.life, isOver: false };
    const next = (): void => {
      if (round.life !== this.life || round.isOver) return;
      round.isOver = true;
      this.schedule(Math.max(0, sentMs + this.intervalMs - this.engine.nowMs));
    };
    const isLost = this.network.loses(this, sentMs);
    // the beat, or its answer
    const losesAnswer = isLost && this.random.chance(0.5);
    if (isLost && !losesAnswer) this.engine.at(sentMs + TIMEOUT_MS, next);
    else {
      this.engine.at(sentMs + this.network.delayMs(), () => this.arrive(round, losesAnswer, next, 0));
      this.engine.at(sentMs + this.intervalMs, next);
    }
  }

  /** At an instance; who refuses or is dead says so at once, and it goes to the next. */
  private arrive(round: Round, losesAnswer: boolean, next: () => void, tried: number): void {
    const alive = this.fronts.running.filter(({ isReachable }) => isReachable);
    let instance = alive[this.front % Math.max(1, alive.length)];
    if (instance?.isHanging) {
      if (this.isKnownDead(instance)) instance = alive.find(({ isHanging }) => !isHanging) ?? instance;
      if (instance.isHanging) {
        this.hang(instance, round, losesAnswer, next);
        return;
      }
    }
    this.handle(instance, round, losesAnswer, next, tried, alive.length);
  }

  /** An instance that was given up gets no more than what the network loses anyway: whoever balances load takes it out. */
  private isKnownDead({ isMember }: RunningInstance): boolean {
    return !isMember && this.lostInARow++ >= MAX_LOST;
  }

  /** What it sent waits in a socket; its next beat goes elsewhere. */
  private hang(instance: RunningInstance, round: Round, losesAnswer: boolean, next: () => void): void {
    this.front++;
    instance.onceAwake(() => this.handle(instance, { life: -1, isOver: true }, losesAnswer, next, 0, 1));
    if (this.retries) this.engine.at(this.engine.nowMs + TIMEOUT_MS, () => this.again(round, next));
  }

  private handle(
    instance: RunningInstance | undefined,
    round: Round,
    losesAnswer: boolean,
    next: () => void,
    tried: number,
    alive: number,
  ): void {
    const toldMs = instance?.accept(this.name);
    if (toldMs === undefined) {
      this.front++;
      if (tried + 1 < alive) {
        this.engine.at(this.engine.nowMs + 20, () => this.arrive(round, losesAnswer, next, tried + 1));
      } else if (this.retries) {
        this.engine.at(this.engine.nowMs + RETRY_MS, () => this.again(round, next));
      }
      return;
    }
    this.accepted++;
    if (!losesAnswer) this.lostInARow = 0;
    if (this.isAlive && round.life === this.life)
      this.heardAgainMs = Math.min(this.heardAgainMs, this.engine.nowMs);
    if (losesAnswer) return;
    this.engine.at(this.engine.nowMs + this.network.delayMs(), () => {
      if (round.life === this.life && !round.isOver) this.intervalMs = toldMs;
    });
  }

  private again(round: Round, next: () => void): void {
    if (round.life === this.life && !round.isOver) this.arrive(round, false, next, 0);
  }
}
