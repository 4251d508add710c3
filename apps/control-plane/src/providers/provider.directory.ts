import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Turns } from '@vitals/core/commit';
import { VitalsError } from '@vitals/core/errors';
import { Leases } from '@vitals/core/lease';
import { OrderedList } from '@vitals/core/order';
import { Clock } from '@vitals/core/time';
import { Subject } from 'rxjs';
import { Database } from '../database/database.js';
import { Feed } from '../database/feed.js';
import { Journal } from '../database/journal.js';
import { Pages } from '../http/list-page.js';
import { NAME_PATTERN, Provider, shared } from './provider.js';
import {
  credentialsReplaced,
  infoUpdated,
  leasesBegun,
  providerOrdered,
  providerRegistered,
  providerRemoved,
  providersDecided,
  tokenUsed,
} from './provider.changes.js';
import { NEVER_HEARD, operationsOf, PROVIDERS, readProviders, type StoredProvider } from './provider.rows.js';

/** All providers, in memory: what every read is answered from. Changed by applying what is durable, and by beats. */
@Injectable()
export class ProviderDirectory implements OnModuleInit {
  private readonly logger = new Logger('Providers');
  /** Changes of one provider are decided one after the other. */
  readonly turns = new Turns();
  private readonly byName = new OrderedList<Provider>(({ name }) => name);
  /** The same, to be read page by page. */
  readonly pages = new Pages(this.byName, NAME_PATTERN);
  private readonly changedSubject = new Subject<Provider>();
  private lastKey = 0;

  /**
   * Providers that changed in what placement goes by: registration, resources, phase, orders, availability; also
   * one that was removed. Told after the change, in the same turn.
   */
  readonly changed = this.changedSubject.asObservable();

  constructor(
    private readonly feed: Feed,
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly leases: Leases,
    private readonly clock: Clock,
  ) {
    feed.on(providerRegistered, ({ stored, info }) => {
      const known = this.byName.find(stored.registration.name);
      if (!known) {
        const begun = { ...NEVER_HEARD, ...stored, info, stateSinceMs: stored.registeredAtMs };
        return this.add(new Provider(begun, this.leases.register(stored.registration.name)));
      }
      known.registeredAgain(stored, info);
      this.leases.registerAgain(known.lease);
      this.noteChange(known);
    });
    feed.on(providersDecided, (transitions) => {
      for (const { subject, sequence: lastSequence, atMs: stateSinceMs } of transitions)
        this.applyTo(subject, { lastSequence, stateSinceMs });
    });
    feed.on(providerRemoved, ([removed]) => {
      const provider = removed && this.byName.find(removed.subject);
      if (provider) this.remove(provider);
    });
    feed.on(credentialsReplaced, ({ name, tokenHash, previousTokenHash }) => {
      this.applyTo(name, { tokenHash, previousTokenHash });
    });
    feed.on(tokenUsed, ({ name, tokenHash, previousTokenHash }) => {
      if (this.byName.find(name)?.tokenHash === tokenHash) this.applyTo(name, { previousTokenHash });
    });
    feed.on(providerOrdered, ({ name, ...order }) => {
      this.applyTo(name, { operations: shared(operationsOf(order)) }, true);
    });
    feed.on(infoUpdated, ({ name, info }) => this.applyTo(name, { info }, true));
  }

  /** Recovers the providers of before a restart, before anything else is served. @throws VitalsError `store-unavailable` */
  async onModuleInit(): Promise<void> {
    const fleetSize = await this.database.count(PROVIDERS);
    const changesSinceMs = this.clock.wallMs() - this.leases.flappingWindowMs;
    const lacking: StoredProvider[] = [];
    for await (const some of readProviders(this.database, changesSinceMs)) {
      this.recover(some, fleetSize);
      lacking.push(...some.filter(({ lacksLease }) => lacksLease));
    }
    if (lacking.length === 0) return;
    const names = lacking.map(({ registration }) => registration.name);
    this.logger.warn(`providers without a row in leases, taken for never heard: ${namesText(names)}`);
    await this.journal.commit(leasesBegun(lacking));
  }

  get size(): number {
    return this.byName.size;
  }

  /** A number for a provider that is new. */
  nextKey(): number {
    return ++this.lastKey;
  }

  find(name: string): Provider | undefined {
    return this.byName.find(name);
  }

  /** @throws VitalsError `provider-not-registered`, or `request-invalid` for what can be no name */
  get(name: string): Provider {
    const provider = this.byName.find(name);
    if (provider) return provider;
    assertName(name);
    throw new VitalsError(
      'provider-not-registered',
      `no provider is registered under the name ${JSON.stringify(name)}; POST /providers registers it`,
    );
  }

  /** Tells everybody who goes by it that a provider has changed. */
  noteChange(provider: Provider): void {
    // whoever reads "what changed since the last transition" sees it with the next one at the latest
    provider.lastSequence = Math.max(provider.lastSequence, this.feed.lastSequence + 1);
    this.changedSubject.next(provider);
  }

  all(): Iterable<Provider> {
    return this.byName.all();
  }

  private applyTo(name: string, members: Partial<Provider>, isTold = false): void {
    const provider = this.byName.find(name);
    if (!provider) return;
    Object.assign(provider, members);
    if (isTold) this.noteChange(provider);
  }

  private add(provider: Provider): void {
    this.byName.put(provider);
    this.lastKey = Math.max(this.lastKey, provider.key);
    this.noteChange(provider);
  }

  private remove(provider: Provider): void {
    this.leases.revoke(provider.lease);
    provider.removed = true;
    this.byName.remove(provider.name);
    this.noteChange(provider);
  }

  private recover(stored: readonly StoredProvider[], fleetSize: number): void {
    const nowMs = this.clock.wallMs();
    const leases = this.leases.recover(
      stored.map(({ registration, availability, advertisedMs, changedAtMs }) => ({
        name: registration.name,
        state: availability,
        advertisedMs,
        // since a wall clock that was set back, the newest may lie ahead; the time between them is what it was
        changedMsAgo: changedAtMs.map((atMs) => Math.max(nowMs, changedAtMs.at(-1) as number) - atMs),
      })),
      fleetSize,
    );
    leases.forEach((lease, index) => {
      const provider = new Provider(stored[index] as StoredProvider, lease);
      provider.trusted = lease.state === 'Available' && this.wasHeardWithinBound(provider);
      this.add(provider);
    });
  }

  /** Conservative: the control plane was away for no longer than since this provider's last beat. */
  private wasHeardWithinBound({ lease, heardAtMs }: Provider): boolean {
    const sinceMs = heardAtMs === undefined ? Number.POSITIVE_INFINITY : this.clock.wallMs() - heardAtMs;
    return sinceMs >= 0 && sinceMs < this.leases.view(lease).detectionBoundMs;
  }
}

/** @throws VitalsError `request-invalid` for what can be no name */
export function assertName(name: string): void {
  if (NAME_PATTERN.test(name)) return;
  const detail = `a name is 1 to 253 characters of a-z, 0-9, ".", "_" and "-", and begins and ends with a letter or digit`;
  throw new VitalsError('request-invalid', detail, { faults: [{ pointer: '/name', detail }] });
}

/** Names as the log has them: of many, the first. */
export function namesText(names: readonly string[]): string {
  const more = names.length - MAX_SHOWN;
  return names.slice(0, MAX_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

const MAX_SHOWN = 10;
