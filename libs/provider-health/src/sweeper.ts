import { Inject, Injectable } from '@nestjs/common';
import { type CancelTimer, Clock } from '@vitals/core/time';
import { PROVIDER_HEALTH_CLOCK, ProviderHealthSettings, widthOf } from './provider-health.settings.js';
import { ProviderRegistry, type RegisteredProvider } from './provider.registry.js';
import { StatusBoard } from './status.board.js';

/** Checks start in steps of a millisecond; so many steps fill the width, lest all of them connect at one moment. */
const STEPS_TO_FULL_WIDTH = 16;
const STEP_MS = 1;

/** What is waited for. */
class Waiting {
  resolve: () => void = () => undefined;
  readonly done = new Promise<void>((resolve) => (this.resolve = resolve));
}

/** A provider that waits to be checked, or is being checked. */
class Turn extends Waiting {
  running = false;
}

/** Providers in the order in which they are checked; one may have had its turn from another queue. */
interface Queue {
  entries: RegisteredProvider[];
  position: number;
}

/** A look at all providers, each of them once; it is done when all were checked, or are no longer registered. */
class Sweep extends Waiting {
  readonly members = new Set<RegisteredProvider>();
  open = 0;

  constructor(readonly startedAtMs: number) {
    super();
  }
}

/**
 * Checks providers, all of them or one, never one twice at a time, and never more at once than the width. A result
 * is told as soon as it is there. No sweep overlaps another: who asks for one while it goes on joins it.
 */
@Injectable()
export class Sweeper {
  private sweep: Sweep | undefined;
  private readonly turns = new Map<RegisteredProvider, Turn>();
  private readonly urgent: Queue = { entries: [], position: 0 };
  private readonly swept: Queue = { entries: [], position: 0 };
  private running = 0;
  private afterUrgent = false;
  private cancelStep: CancelTimer | undefined;
  private cancelNext: CancelTimer | undefined;
  private steppedAtMs = Number.NEGATIVE_INFINITY;
  private stopped = false;

  constructor(
    @Inject(PROVIDER_HEALTH_CLOCK) private readonly clock: Clock,
    private readonly settings: ProviderHealthSettings,
    private readonly registry: ProviderRegistry,
    private readonly board: StatusBoard,
  ) {}

  /** Sweeps at once, then one interval after the start of the sweep before. No checker is called before it returns. */
  start(): void {
    const startedAtMs = this.clock.monotonicMs();
    void this.sweepNow().then(() => {
      if (this.stopped) return;
      const spentMs = this.clock.monotonicMs() - startedAtMs;
      const restMs = Math.max(0, this.settings.pollIntervalMs - spentMs);
      this.cancelNext = this.clock.after(restMs, () => this.start());
    });
  }

  /** Ends for good. Checkers are told by their signals; resolves when they have let go, within the check timeout. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelNext?.();
    this.cancelStep?.();
    this.board.close();
    this.sweep?.resolve();
    const letGo: Promise<void>[] = [];
    for (const [provider, turn] of this.turns) {
      if (!turn.running) turn.resolve();
      else letGo.push(turn.done);
      provider.check.abort('the app shuts down');
    }
    await Promise.all(letGo);
  }

  /**
   * Checks all providers that are registered now, or joins the sweep in progress, which then includes those that
   * came since it began. Resolves when all of them were checked. Never rejects.
   */
  sweepNow(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    const nowMs = this.clock.monotonicMs();
    const sweep = (this.sweep ??= new Sweep(nowMs));
    const more = this.registry.sorted().filter((provider) => !sweep.members.has(provider));
    // providers that register others without end must not hold up the next sweep
    if (more.length > 0 && nowMs - sweep.startedAtMs >= this.settings.pollIntervalMs) {
      return sweep.done.then(() => this.sweepNow());
    }
    sweep.open += more.length;
    for (const provider of more) {
      sweep.members.add(provider);
      void this.enqueue(provider, this.swept).then(() => this.endIfOver(sweep, --sweep.open));
    }
    this.endIfOver(sweep, sweep.open);
    return sweep.done;
  }

  /** Checks one provider by turns with a sweep, or joins its check in progress. Never rejects. */
  check(provider: RegisteredProvider): Promise<void> {
    return this.stopped ? Promise.resolve() : this.enqueue(provider, this.urgent);
  }

  private enqueue(provider: RegisteredProvider, queue: Queue): Promise<void> {
    const turn = this.turns.get(provider) ?? new Turn();
    this.turns.set(provider, turn);
    if (!turn.running) queue.entries.push(provider);
    this.step();
    return turn.done;
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
    let left = Math.min(Math.ceil(width / STEPS_TO_FULL_WIDTH), width - this.running);
    while (left-- > 0 && this.startNext());
    this.step();
  }

  private get mayStart(): boolean {
    if (this.cancelStep || this.stopped || this.running >= this.width) return false;
    return [this.urgent, this.swept].some(({ entries, position }) => position < entries.length);
  }

  /** @returns whether there was one */
  private startNext(): boolean {
    // by turns, so that however many are urgent the others do not grow stale
    const regular = this.afterUrgent ? this.next(this.swept) : undefined;
    const urgent = regular ? undefined : this.next(this.urgent);
    const provider = regular ?? urgent ?? this.next(this.swept);
    this.afterUrgent = urgent !== undefined;
    if (provider) void this.run(provider, this.turns.get(provider) as Turn);
    return provider !== undefined;
  }

  private next(queue: Queue): RegisteredProvider | undefined {
    while (queue.position < queue.entries.length) {
      const provider = queue.entries[queue.position++] as RegisteredProvider;
      const turn = this.turns.get(provider);
      if (!turn || turn.running) continue;
      if (!provider.removed) return provider;
      this.end(provider, turn);
    }
    queue.entries = [];
    queue.position = 0;
    return undefined;
  }

  private async run(provider: RegisteredProvider, turn: Turn): Promise<void> {
    turn.running = true;
    this.running++;
    // the checker, which may ask for anything, is not called before all that start now are known to run
    await Promise.resolve();
    if (!provider.removed && !this.stopped) this.board.onOutcome(provider, await provider.check.run());
    this.running--;
    this.end(provider, turn);
    this.refill();
  }

  private end(provider: RegisteredProvider, turn: Turn): void {
    this.turns.delete(provider);
    turn.resolve();
  }

  private endIfOver(sweep: Sweep, open: number): void {
    if (open > 0) return;
    if (this.sweep === sweep) this.sweep = undefined;
    sweep.resolve();
  }

  private get width(): number {
    return widthOf(this.registry.size, this.settings);
  }
}
