import type { Engine, Task } from '../engine/engine.js';
import type { Random } from '../engine/random.js';
import { ORIGIN_MS } from '../engine/virtual-clock.js';
import type { Line, Network } from '../network/network.js';
import type { ControlPlane } from '../observed/control-plane.js';
import { type Answer, Exchange } from './exchange.js';

/** How long a provider that tries again inside an interval waits for an answer: longer than the way there and back. */
const TIMEOUT_MS = 4_500;
const FIRST_BACKOFF_MS = 200;

/** What a provider stands in. */
export interface Surroundings {
  readonly engine: Engine;
  readonly random: Random;
  readonly network: Network;
  readonly controlPlane: ControlPlane;
  readonly retries: boolean;
  /** What a provider beats at before it was told anything. */
  readonly firstIntervalMs: number;
}

/**
 * A provider that follows the rules of the agent: it registers, beats at the interval last told, counted from
 * the moment it sent; beats do not overlap, an unanswered one is given up when the next is due.
 */
export class SimulatedProvider implements Task, Line {
  alive = false;
  removed = false;
  /** Its registration, of this incarnation, reached the control plane: from here on it may not be called dead. */
  entitled = false;
  incarnation = 0;
  generation: number | undefined = undefined;
  /** What it reports; a larger number is a later phase. */
  phase = 0;
  lostInARow = 0;
  cutOffUntilMs = 0;
  /** What of it was acknowledged. */
  acknowledgedGeneration = 0;
  acknowledgedPhase = 0;
  clockOffsetMs = 0;
  private intervalMs: number;
  private nextSendMs = -1;
  private failures = 0;
  private current: Exchange | undefined = undefined;

  constructor(
    readonly index: number,
    private readonly around: Surroundings,
  ) {
    this.intervalMs = around.firstIntervalMs;
  }

  /** By its own clock, which may be off and may step. */
  wallMs(nowMs: number): number {
    return ORIGIN_MS + nowMs + this.clockOffsetMs;
  }

  start(): void {
    this.alive = true;
    this.entitled = false;
    this.incarnation++;
    this.generation = undefined;
    this.failures = 0;
    this.phase++;
    this.intervalMs = this.around.firstIntervalMs;
    this.sendAt(this.around.engine.nowMs);
  }

  /** Stops for good, without a word. */
  crash(): void {
    this.alive = false;
    this.current = undefined;
  }

  /** Sends what is due. */
  run(): void {
    const { engine, network, controlPlane } = this.around;
    if (!this.alive || engine.nowMs !== this.nextSendMs) return;
    this.nextSendMs = -1;
    const exchange = new Exchange(this, controlPlane, engine.nowMs);
    this.current = exchange;
    if (network.loses(this, engine.nowMs)) this.noAnswer(exchange);
    else engine.schedule(engine.nowMs + network.delayMs(), exchange);
  }

  /** The answer does not come, or not yet: if none comes in time, it goes on at this time. */
  noAnswer(exchange: Exchange, atOnce = false): void {
    if (exchange !== this.current) return;
    const intervalEndMs = exchange.sentMs + this.intervalMs;
    if (!this.around.retries) return this.sendAt(intervalEndMs);
    const backoffMs = Math.min(this.intervalMs, FIRST_BACKOFF_MS * 2 ** Math.min(this.failures++, 10));
    const givenUpMs = atOnce ? this.around.engine.nowMs : exchange.sentMs + TIMEOUT_MS;
    this.sendAt(Math.min(intervalEndMs, givenUpMs + this.around.random.integer(50, backoffMs)));
  }

  /** Takes an answer; one that was given up is not taken. */
  receive(exchange: Exchange, answer: Answer): void {
    if (!this.alive || exchange !== this.current) return;
    this.current = undefined;
    this.failures = 0;
    switch (answer.kind) {
      case 'registered':
        this.generation = answer.generation;
        this.sendAt(this.around.engine.nowMs);
        break;
      case 'told':
        this.intervalMs = answer.intervalMs;
        this.sendAt(exchange.sentMs + answer.intervalMs);
        break;
      case 'unknown':
        this.generation = undefined;
        this.sendAt(this.around.engine.nowMs);
        break;
      case 'refused':
        this.crash();
        break;
    }
  }

  private sendAt(atMs: number): void {
    const { engine } = this.around;
    this.nextSendMs = Math.max(engine.nowMs, atMs);
    engine.schedule(this.nextSendMs, this);
  }
}
