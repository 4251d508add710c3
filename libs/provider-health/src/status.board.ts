import { Inject, Injectable, Logger } from '@nestjs/common';
import { Listeners } from '@vitals/core/health';
import { type CancelTimer, Clock } from '@vitals/core/time';
import type { Outcome } from './provider-check.js';
import { PROVIDER_HEALTH_CLOCK, ProviderHealthSettings } from './provider-health.settings.js';
import { ProviderRegistry, type RegisteredProvider } from './provider.registry.js';
import { expire, judge, type Judgement, type Moment } from './judgement.js';
import type { ProviderStatus } from './provider-status.js';

/** What is told of a provider has changed in more than the time and latency of its check. */
export interface ProviderHealthChange {
  readonly name: string;
  /** `undefined` if nothing was known of it. */
  readonly from: ProviderStatus | undefined;
  /** `undefined` if it is no longer registered. */
  readonly to: ProviderStatus | undefined;
}

/**
 * What is told of every provider. Answers grow old whether or not anybody looks, and whether or not anybody still
 * sweeps: a reader is never shown one that is too old, and listeners are told when it came to be.
 */
@Injectable()
export class StatusBoard {
  private readonly logger = new Logger('ProviderHealth');
  private readonly listeners = new Listeners<ProviderHealthChange>((error) =>
    this.logger.error(
      'a listener to provider health failed',
      error instanceof Error ? error.stack : undefined,
    ),
  );
  private shown: readonly ProviderStatus[] | undefined;
  /** No answer is too old before; monotonic. */
  private nextDueMs = Number.POSITIVE_INFINITY;
  private cancelAlarm: CancelTimer | undefined;
  private closed = false;

  constructor(
    @Inject(PROVIDER_HEALTH_CLOCK) private readonly clock: Clock,
    private readonly settings: ProviderHealthSettings,
    private readonly registry: ProviderRegistry,
  ) {}

  /** Counts the outcome of a check, unless the provider is no longer registered. */
  onOutcome(provider: RegisteredProvider, outcome: Outcome): void {
    if (provider.removed || this.closed) return;
    const { name, judgement } = provider;
    this.tell(this.put(provider, judge(name, judgement, outcome, this.now(), this.settings.believedMs)));
  }

  /** Tells of a provider that it is no longer there. */
  drop({ name, judgement }: RegisteredProvider): void {
    if (!judgement) return;
    this.shown = undefined;
    this.tell({ name, from: judgement.status, to: undefined });
  }

  /** What is told of one provider; `undefined` if it is not registered, or was not checked yet. O(1). */
  get(name: string): ProviderStatus | undefined {
    const provider = this.registry.get(name);
    if (!provider?.judgement) return undefined;
    if (this.clock.monotonicMs() >= provider.judgement.believedUntilMs)
      this.tell(this.age(provider, this.now()));
    return provider.judgement.status;
  }

  /** What is told of all, by name; the same frozen list until something changes. */
  snapshot(): readonly ProviderStatus[] {
    if (this.clock.monotonicMs() >= this.nextDueMs) this.ageAll();
    this.shown ??= this.show();
    return this.shown;
  }

  /** Calls `listener` at once on every change; returns what ends that. */
  onChange(listener: (change: ProviderHealthChange) => unknown): () => void {
    // the same function twice is two listeners
    return this.listeners.add((change) => listener(change));
  }

  /** Nothing changes any more, except that answers grow old. */
  close(): void {
    this.closed = true;
    this.cancelAlarm?.();
  }

  private show(): readonly ProviderStatus[] {
    const statuses: ProviderStatus[] = [];
    for (const { judgement } of this.registry.sorted()) if (judgement) statuses.push(judgement.status);
    return Object.freeze(statuses);
  }

  /** @returns what is to be told of it */
  private put(provider: RegisteredProvider, judgement: Judgement): ProviderHealthChange | undefined {
    const before = provider.judgement;
    if (before === judgement) return undefined;
    provider.judgement = judgement;
    this.shown = undefined;
    this.nextDueMs = Math.min(this.nextDueMs, judgement.believedUntilMs);
    this.setAlarm();
    if (before && !differ(before.status, judgement.status)) return undefined;
    return { name: provider.name, from: before?.status, to: judgement.status };
  }

  private age(provider: RegisteredProvider, now: Moment): ProviderHealthChange | undefined {
    const { judgement } = provider;
    return judgement && this.put(provider, expire(judgement, now, this.settings.believedMs));
  }

  private ageAll(): void {
    const now = this.now();
    const due: RegisteredProvider[] = [];
    this.nextDueMs = Number.POSITIVE_INFINITY;
    for (const provider of this.registry.sorted()) {
      const { believedUntilMs = Number.POSITIVE_INFINITY } = provider.judgement ?? {};
      if (believedUntilMs <= now.monotonicMs) due.push(provider);
      else this.nextDueMs = Math.min(this.nextDueMs, believedUntilMs);
    }
    // a listener may read, and must find none that is too old
    for (const change of due.map((provider) => this.age(provider, now))) this.tell(change);
  }

  /** One alarm for all; it is moved only when it goes off, as every new answer is due later than the others. */
  private setAlarm(): void {
    if (this.cancelAlarm || this.closed || this.nextDueMs === Number.POSITIVE_INFINITY) return;
    const restMs = Math.max(1, this.nextDueMs - this.clock.monotonicMs());
    // three intervals may be longer than a timer can hold
    this.cancelAlarm = this.clock.after(Math.min(restMs, this.settings.pollIntervalMs), () => {
      this.cancelAlarm = undefined;
      if (this.clock.monotonicMs() >= this.nextDueMs) this.ageAll();
      this.setAlarm();
    });
  }

  private now(): Moment {
    return { monotonicMs: this.clock.monotonicMs(), wallMs: this.clock.wallMs() };
  }

  private tell(change: ProviderHealthChange | undefined): void {
    if (change) this.listeners.tell(change);
  }
}

function differ(before: ProviderStatus, after: ProviderStatus): boolean {
  return before.healthy !== after.healthy || before.stale !== after.stale || before.checked !== after.checked;
}
