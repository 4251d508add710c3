import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '@vitals/core/time';
import { ProviderHealthCache, type ProviderStatus } from '@vitals/provider-health';
import { changeKind } from '../database/change.js';
import { Database } from '../database/database.js';
import { Feed } from '../database/feed.js';
import { Journal } from '../database/journal.js';

/** How often it is told when providers were polled last whose health is as it was, in milliseconds. */
const REFRESH_EVERY_MS = 30_000;
/** Whoever asks for the health of a provider, and says nothing of it for so long, is not believed; in milliseconds. */
const BELIEVED_MS = 2.5 * REFRESH_EVERY_MS;
/** Results that are told at a time. */
const AT_A_TIME = 500;

/** Providers were polled by the process that owns them; told to the others, and kept nowhere. */
export const providersPolled = changeKind<readonly ProviderStatus[]>('providers-polled', {
  write: async () => undefined,
  keys: (polled) => polled.map(({ name }) => name),
});

/** What another process has told of a provider, and when, in milliseconds of the monotonic clock. */
interface HeardStatus {
  readonly status: ProviderStatus;
  readonly heardAtMs: number;
}

/**
 * What is known of the health of providers: by own polls, or, of several processes, by those of whoever owns a provider. A
 * result that is another one is told at once; that it is still the same, twice a minute; where that does not come, it is stale.
 */
@Injectable()
export class SharedPolls implements OnApplicationBootstrap {
  private readonly elsewhere = new Map<string, HeardStatus>();
  private readonly untold = new Map<string, ProviderStatus>();

  constructor(
    private readonly cache: ProviderHealthCache,
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly clock: Clock,
    feed: Feed,
  ) {
    feed.on(providersPolled, (polled) => {
      const heardAtMs = clock.monotonicMs();
      for (const status of polled) this.elsewhere.set(status.name, { status, heardAtMs });
    });
  }

  onApplicationBootstrap(): void {
    if (!this.database.isShared) return;
    this.cache.onChange(({ name }) => {
      const status = this.cache.get(name);
      if (!status) return;
      if (this.untold.size === 0) queueMicrotask(() => void this.tell());
      this.untold.set(name, status);
    });
  }

  /** The last known health; `undefined` if it was not asked yet. */
  get(name: string): ProviderStatus | undefined {
    return this.cache.get(name) ?? this.heard(name);
  }

  /** It is not polled any more. */
  forget(name: string): void {
    this.elsewhere.delete(name);
  }

  @Interval('provider-polls', REFRESH_EVERY_MS)
  async refresh(): Promise<void> {
    if (!this.database.isShared) return;
    for (const status of this.cache.snapshot()) this.untold.set(status.name, status);
    await this.tell();
  }

  private heard(name: string): ProviderStatus | undefined {
    const heard = this.elsewhere.get(name);
    const isOld = heard && this.clock.monotonicMs() - heard.heardAtMs > BELIEVED_MS;
    return isOld ? { ...heard.status, stale: true } : heard?.status;
  }

  /** What cannot be told is told with the next refresh. */
  private async tell(): Promise<void> {
    const told = [...this.untold.values()];
    this.untold.clear();
    for (let at = 0; at < told.length; at += AT_A_TIME)
      await this.journal.commit(providersPolled(told.slice(at, at + AT_A_TIME))).catch(() => undefined);
  }
}
