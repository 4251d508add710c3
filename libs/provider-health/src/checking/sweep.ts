import type { RegisteredProvider } from '../discovery/registered-provider.js';

/** One look at all providers, each of them once. Those that come while it goes on may be included. */
export class Sweep {
  /** Resolves when each of them was checked, or is no longer registered. */
  readonly done: Promise<void>;

  private readonly members = new Set<RegisteredProvider>();
  private readonly queue: RegisteredProvider[] = [];
  private position = 0;
  private open = 0;
  private resolve: () => void = () => undefined;

  /** @param startedAtMs monotonic milliseconds */
  constructor(readonly startedAtMs: number) {
    this.done = new Promise((resolve) => (this.resolve = resolve));
  }

  /** Whether all of them were checked. */
  get over(): boolean {
    return this.open === 0;
  }

  /** Whether some have not been started. */
  get waiting(): boolean {
    return this.position < this.queue.length;
  }

  has(provider: RegisteredProvider): boolean {
    return this.members.has(provider);
  }

  include(providers: readonly RegisteredProvider[]): void {
    for (const provider of providers) {
      this.members.add(provider);
      this.queue.push(provider);
      this.open++;
    }
    if (this.over) this.resolve();
  }

  /** The next to be started; `undefined` if there is none. */
  next(): RegisteredProvider | undefined {
    while (this.waiting) {
      const provider = this.queue[this.position++] as RegisteredProvider;
      if (!provider.removed) return provider;
      this.checked();
    }
    return undefined;
  }

  /** One that `next` gave was checked. */
  checked(): void {
    this.open--;
    if (this.over) this.resolve();
  }

  /** Nobody is checked any more. */
  end(): void {
    this.position = this.queue.length;
    this.resolve();
  }
}
