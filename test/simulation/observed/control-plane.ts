import type { Engine } from '../engine/engine.js';
import type { Random } from '../engine/random.js';
import type { Answer, Exchange } from '../fleet/exchange.js';
import type { Ledger } from '../invariants/ledger.js';
import type { Network } from '../network/network.js';
import type { Scenario } from '../scenario.js';
import { Process } from './process.js';
import { Store } from './store.js';
import type { Variant } from './variant.js';
import type { CrashPoint } from './writer.js';

/** A write at which the control plane is killed. */
export interface CrashPlan {
  /** Counted from 1 over all lives. */
  readonly write: number;
  readonly point: CrashPoint;
}

/** The control plane over its lives: what is durable stays, each life begins with nothing else. */
export class ControlPlane {
  readonly store = new Store();
  process: Process | undefined = undefined;
  /** Writes that were begun, over all lives. */
  writes = 0;
  /** How often it was killed. */
  crashes = 0;
  plan: CrashPlan | undefined = undefined;

  constructor(
    readonly engine: Engine,
    readonly random: Random,
    readonly scenario: Scenario,
    readonly network: Network,
    readonly variant: Variant,
    readonly ledger: Ledger,
  ) {}

  start(): void {
    this.process = new Process(this);
    this.process.begin();
    this.ledger.started(this.process);
  }

  /** Dies without a word, and comes back after a while. */
  crash(): void {
    if (!this.process) return;
    this.process = undefined;
    this.plan = undefined;
    this.crashes++;
    this.ledger.stopped();
    const { engine, random } = this;
    const longestMs = random.pick([2_000, 2_000, 60_000, 600_000]);
    engine.at(engine.nowMs + random.integer(50, longestMs), () => this.start());
  }

  /** Whether a write of this process ends here, because it is dead or is killed now. */
  crashesAt(process: Process, point: CrashPoint): boolean {
    if (process !== this.process) return true;
    if (point === 'before') this.writes++;
    if (this.plan?.write !== this.writes || this.plan.point !== point) return false;
    this.crash();
    return true;
  }

  receive(exchange: Exchange): void {
    if (this.process) this.process.take(exchange);
    else exchange.provider.noAnswer(exchange, true);
  }

  answer(exchange: Exchange, answer: Answer): void {
    const { engine, network } = this;
    const { provider } = exchange;
    this.ledger.acknowledged(exchange, answer);
    if (network.loses(provider, engine.nowMs)) return provider.noAnswer(exchange);
    provider.lostInARow = 0;
    exchange.answer = answer;
    engine.schedule(engine.nowMs + network.delayMs(), exchange);
  }
}
