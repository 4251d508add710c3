import { Inject, Injectable } from '@nestjs/common';
import { type CancelTimer, Clock } from '@vitals/core/time';
import { ProviderRegistry } from '../discovery/provider.registry.js';
import type { RegisteredProvider } from '../discovery/registered-provider.js';
import { PROVIDER_HEALTH_CLOCK } from '../provider-health.module-options.js';
import { ProviderHealthSettings } from '../provider-health.settings.js';
import { StatusBoard } from '../statuses/status.board.js';
import { Sweep } from './sweep.js';

/** So many checks may run at once however few providers there are. */
const MIN_WIDTH = 32;

/** Checks start in steps of a millisecond; so many steps fill the width, lest all of them connect at one moment. */
const STEPS_TO_FULL_WIDTH = 16;
const STEP_MS = 1;

/** Who waits for one provider. */
interface Waiting {
  readonly checked: Promise<void>;
  readonly resolve: (checked?: Promise<void>) => void;
}

/** How many checks may run at once, so that even if all of them hang a sweep fits into one interval. */
export function widthOf(
  providers: number,
  { checkTimeoutMs, pollIntervalMs }: Pick<ProviderHealthSettings, 'checkTimeoutMs' | 'pollIntervalMs'>,
): number {
  return Math.max(MIN_WIDTH, Math.ceil((providers * checkTimeoutMs) / pollIntervalMs));
}

/**
 * Checks providers, all of them or one, never one twice at a time, and never more at once than the width. A result
 * is told as soon as it is there. No sweep overlaps another: who asks for one while it goes on joins it.
 */
@Injectable()
export class Sweeper {
  private sweep: Sweep | undefined;
  private urgent: RegisteredProvider[] = [];
  private readonly waiting = new Map<RegisteredProvider, Waiting>();
  private readonly running = new Map<RegisteredProvider, Promise<void>>();
  private afterUrgent = false;
  private cancelStep: CancelTimer | undefined;
  private steppedAtMs = Number.NEGATIVE_INFINITY;
  private stopped = false;

  constructor(
    @Inject(PROVIDER_HEALTH_CLOCK) private readonly clock: Clock,
    private readonly settings: ProviderHealthSettings,
    private readonly registry: ProviderRegistry,
    private readonly board: StatusBoard,
  ) {}

  /**
   * Checks all providers that are registered now, or joins the sweep in progress, which then includes those that
   * came since it began. Resolves when all of them were checked. Never rejects.
   */
  sweepNow(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    const nowMs = this.clock.monotonicMs();
    const sweep = (this.sweep ??= new Sweep(nowMs));
    const more = this.registry.sorted().filter((provider) => !sweep.has(provider));
    // providers that register others without end must not hold up the next sweep
    if (more.length > 0 && nowMs - sweep.startedAtMs >= this.settings.pollIntervalMs) {
      return sweep.done.then(() => this.sweepNow());
    }
    sweep.include(more);
    this.endIfOver(sweep);
    this.step();
    return sweep.done;
  }

  /** Checks one provider by turns with a sweep, or joins its check in progress. Never rejects. */
  check(provider: RegisteredProvider): Promise<void> {
    if (this.stopped) return Promise.resolve();
    return this.running.get(provider) ?? this.waiting.get(provider)?.checked ?? this.await(provider);
  }

  /** Starts no more checks and fires the signals of those in progress. Resolves within the timeout of a check. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelStep?.();
    this.sweep?.end();
    for (const { resolve } of this.waiting.values()) resolve();
    for (const provider of this.running.keys()) provider.check.abort('the app shuts down');
    await Promise.all(this.running.values());
  }

  private await(provider: RegisteredProvider): Promise<void> {
    let resolve: Waiting['resolve'] = () => undefined;
    const checked = new Promise<void>((settle) => (resolve = settle));
    this.waiting.set(provider, { checked, resolve });
    this.urgent.push(provider);
    this.step();
    return checked;
  }

  /** Starts some checks a step from now, if any wait and there is room. */
  private step(): void {
    if (this.mayStart) this.cancelStep = this.clock.after(STEP_MS, () => this.startSome());
  }

  /** There is room again. Checks that end at once do not start the next at once: other work has its turn between. */
  private refill(): void {
    if (this.clock.monotonicMs() - this.steppedAtMs < STEP_MS) this.step();
    else if (this.mayStart) this.startSome();
  }

  private startSome(): void {
    this.cancelStep = undefined;
    this.steppedAtMs = this.clock.monotonicMs();
    const { width } = this;
    let left = Math.min(Math.ceil(width / STEPS_TO_FULL_WIDTH), width - this.running.size);
    while (left-- > 0 && this.startNext());
    this.step();
  }

  private get mayStart(): boolean {
    const waiting = this.urgent.length > 0 || this.sweep?.waiting === true;
    return waiting && !this.cancelStep && !this.stopped && this.running.size < this.width;
  }

  /** @returns whether there was one */
  private startNext(): boolean {
    // by turns, so that however many are urgent the others do not grow stale
    const urgent = this.afterUrgent && this.sweep?.waiting ? undefined : this.urgent.shift();
    this.afterUrgent = urgent !== undefined;
    if (urgent) {
      void this.start(urgent);
      return true;
    }
    const { sweep } = this;
    const provider = sweep?.next();
    if (sweep && provider) {
      void this.start(provider).then(() => {
        sweep.checked();
        this.endIfOver(sweep);
      });
    } else if (sweep) this.endIfOver(sweep);
    return provider !== undefined;
  }

  private start(provider: RegisteredProvider): Promise<void> {
    let running = this.running.get(provider);
    if (!running) {
      // known to be running before the checker is called, which may ask for itself
      running = Promise.resolve().then(() => this.run(provider));
      this.running.set(provider, running);
    }
    this.waiting.get(provider)?.resolve(running);
    this.waiting.delete(provider);
    return running;
  }

  private async run(provider: RegisteredProvider): Promise<void> {
    if (!provider.removed && !this.stopped) {
      const outcome = await provider.check.run();
      this.board.take(provider, outcome);
    }
    this.running.delete(provider);
    this.refill();
  }

  private endIfOver(sweep: Sweep): void {
    if (sweep.over && this.sweep === sweep) this.sweep = undefined;
  }

  private get width(): number {
    return widthOf(this.registry.size, this.settings);
  }
}
