import { Injectable } from '@nestjs/common';
import type { HealthCheck, HealthChecker } from './health-checker.js';
import { ProviderRegistry, type RegisteredProvider } from './provider.registry.js';
import type { ProviderStatus } from './provider-status.js';
import { type ProviderHealthChange, StatusBoard } from './status.board.js';
import { Sweeper } from './sweeper.js';

/**
 * The last known health of every provider. It is read without waiting for any of them: they are checked in the
 * background from bootstrap to shutdown.
 */
@Injectable()
export class ProviderHealthCache {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly board: StatusBoard,
    private readonly sweeper: Sweeper,
  ) {}

  /**
   * The last known status of a provider, in O(1). `undefined` if it is not registered, or was not checked yet:
   * unknown, never healthy. `has` tells the two apart.
   */
  get(name: string): ProviderStatus | undefined {
    return this.board.get(name);
  }

  /**
   * The last known status of every provider that was checked, sorted by name. Frozen, and the same list for all
   * who ask until something changes, so that `===` tells whether it did.
   */
  snapshot(): readonly ProviderStatus[] {
    return this.board.snapshot();
  }

  /** Whether a provider is registered. */
  has(name: string): boolean {
    return this.registry.get(name) !== undefined;
  }

  /** The names of all registered providers, sorted; those that were not checked yet included. */
  names(): string[] {
    return this.registry.sorted().map(({ name }) => name);
  }

  /**
   * Adds a provider, which the next sweep checks. What was registered under this name before is unregistered, and
   * nothing is known of the name until the new one was checked.
   * @param provider a checker, or any object: what implements no `HealthChecker` is reported as not checked
   * @returns what unregisters it, unless another has taken its name; says whether it did
   * @throws VitalsError `declaration-invalid` if the name is no text or empty, or the provider is no object
   */
  register(name: string, provider: HealthChecker | HealthCheck | object): () => boolean {
    const { added, replaced } = this.registry.replace(name, provider);
    if (replaced) this.drop(replaced);
    return () => this.registry.get(name) === added && this.unregister(name);
  }

  /** Removes a provider and what is known of it; a check in progress counts no more. Says whether it was there. */
  unregister(name: string): boolean {
    const removed = this.registry.remove(name);
    if (removed) this.drop(removed);
    return removed !== undefined;
  }

  /**
   * Checks all providers now, or joins the sweep in progress; resolves when every provider that is registered by
   * now was checked in it. Once the app shuts down it resolves at once.
   * @param signal ends the waiting, with its reason as the rejection; the sweep goes on
   */
  async checkNow(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await unlessAborted(this.sweeper.sweepNow(), signal);
  }

  /**
   * Checks one provider now, without waiting for those that a sweep has not come to, or joins its check in progress.
   * @param signal ends the waiting, with its reason as the rejection; the check goes on
   * @returns what is known of it then; `undefined` if it is not registered
   */
  async check(name: string, signal?: AbortSignal): Promise<ProviderStatus | undefined> {
    signal?.throwIfAborted();
    const provider = this.registry.get(name);
    if (provider) await unlessAborted(this.sweeper.check(provider), signal);
    return this.get(name);
  }

  /**
   * Calls `listener` synchronously when a provider becomes known, healthy, unhealthy or stale, ceases to be stale,
   * or is removed; not when a check has found the same again. What it throws is logged, and disturbs nobody else.
   * @returns what ends that
   */
  onChange(listener: (change: ProviderHealthChange) => unknown): () => void {
    return this.board.onChange(listener);
  }

  private drop(provider: RegisteredProvider): void {
    this.board.drop(provider);
    provider.check.abort('the provider was unregistered');
  }
}

function unlessAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    void work.then(resolve).finally(() => signal.removeEventListener('abort', abort));
  });
}
