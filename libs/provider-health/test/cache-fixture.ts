import { ManualClock } from '@vitals/core/time';
import {
  type HealthVerdict,
  ProviderHealthCache,
  type ProviderHealthChange,
  type ProviderHealthModuleOptions,
} from '../src/index.js';
import { ProviderHealthSettings } from '../src/provider-health.settings.js';
import { ProviderRegistry } from '../src/provider.registry.js';
import { StatusBoard } from '../src/status.board.js';
import { Sweeper } from '../src/sweeper.js';

/** Longer than the steps in which the checks of a small sweep start. */
export const STARTED_MS = 20;

/** A cache without Nest, on a clock that the test moves. */
export function cacheOf(options: ProviderHealthModuleOptions = {}) {
  const clock = new ManualClock();
  const settings = new ProviderHealthSettings(options);
  const registry = new ProviderRegistry(clock, settings);
  const board = new StatusBoard(clock, settings, registry);
  const sweeper = new Sweeper(clock, settings, registry, board);
  const cache = new ProviderHealthCache(registry, board, sweeper);
  /** Sweeps, and moves the clock until all checks that answer at once have answered. */
  const sweep = async (): Promise<void> => {
    void cache.checkNow();
    await clock.advance(STARTED_MS);
  };
  const changes: ProviderHealthChange[] = [];
  cache.onChange((change) => changes.push(change));
  return { clock, cache, board, schedule: sweeper, sweep, changes };
}

/** A checker that answers when the test says so. */
export class Asked {
  /** How often it was asked. */
  times = 0;
  readonly signals: AbortSignal[] = [];
  private readonly answers: {
    resolve: (verdict: unknown) => void;
    reject: (error: unknown) => void;
  }[] = [];

  /** How many questions wait for an answer. */
  get open(): number {
    return this.answers.length;
  }

  healthCheck({ signal }: { signal: AbortSignal }): Promise<HealthVerdict> {
    this.times++;
    this.signals.push(signal);
    return new Promise((resolve, reject) =>
      this.answers.push({ resolve: resolve as (verdict: unknown) => void, reject }),
    );
  }

  /** Answers the question that has waited longest. */
  answer(verdict: unknown = { healthy: true, message: 'ok' }): void {
    this.answers.shift()?.resolve(verdict);
  }

  fail(error: unknown): void {
    this.answers.shift()?.reject(error);
  }
}

/** A checker that never answers. */
export const hanging = { healthCheck: () => new Promise<HealthVerdict>(() => undefined) };

/** A checker that always gives this verdict. */
export function always(healthy: boolean, message = '') {
  return { healthCheck: (): HealthVerdict => ({ healthy, message }) };
}

/** What `await` takes for a promise; `read` gives its method `then`. */
export function thenable(read: () => unknown): object {
  return new Proxy({}, { get: (target, key) => (key === 'then' ? read() : Reflect.get(target, key)) });
}

/** A cache whose provider was found healthy, and is not asked again. */
export async function healthyOnce(names: readonly string[] = ['p']) {
  const parts = cacheOf();
  for (const name of names) parts.cache.register(name, always(true, 'ok'));
  await parts.sweep();
  return parts;
}
