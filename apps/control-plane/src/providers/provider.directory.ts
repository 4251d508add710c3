import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Turns } from '@vitals/core/commit';
import { VitalsError } from '@vitals/core/errors';
import { LeaseTable } from '@vitals/core/lease';
import { placeAfter } from '@vitals/core/order';
import { Clock } from '@vitals/core/time';
import { Subject } from 'rxjs';
import { Database } from '../database/database.js';
import { Feed } from '../database/feed.js';
import { eventLoopTurn } from '../http/json-answer.js';
import { Journal } from '../database/journal.js';
import { CredentialHolders, fromHashOn } from '../security/caller.js';
import { NAME_PATTERN, NEVER_HEARD, Provider } from './provider.js';
import {
  credentialsReplaced,
  infoUpdated,
  providerOrdered,
  providerRegistered,
  providerRemoved,
  providersDecided,
  tokenUsed,
} from './provider.changes.js';
import { PROVIDERS, readProviders, type StoredProvider } from './provider.rows.js';

/** Names that are looked at in one turn of the event loop. */
const MAX_LOOKED_AT = 1_000;

/** A page of a list that is ordered by name. */
export interface Page<T> {
  readonly items: T[];
  /** Where the next page starts; `undefined` on the last. */
  readonly nextToken: string | undefined;
}

/** All providers, in memory: what every read is answered from. Changed by applying what is durable, and by beats. */
@Injectable()
export class ProviderDirectory extends CredentialHolders implements OnModuleInit {
  /** Changes of one provider are decided one after the other. */
  readonly turns = new Turns();
  private readonly byName = new Map<string, Provider>();
  /** In their order; pages are cut from it. */
  private readonly names: string[] = [];
  private readonly changedSubject = new Subject<Provider>();
  private lastKey = 0;

  /**
   * Providers that changed in what placement goes by: registration, resources, phase, orders, availability; also
   * one that was removed. Told after the change, in the same turn.
   */
  readonly changed = this.changedSubject.asObservable();

  constructor(
    private readonly journal: Journal,
    private readonly feed: Feed,
    private readonly database: Database,
    private readonly leases: LeaseTable,
    private readonly clock: Clock,
  ) {
    super();
    this.applyChanges();
  }

  /** Recovers the providers of before a restart, before anything else is served. @throws VitalsError `store-unavailable` */
  async onModuleInit(): Promise<void> {
    const fleetSize = await this.database.count(PROVIDERS);
    const changesSinceMs = this.clock.wallMs() - this.leases.flappingWindowMs;
    for await (const some of readProviders(this.database, changesSinceMs)) this.recover(some, fleetSize);
  }

  get size(): number {
    return this.byName.size;
  }

  /** A number for a provider that is new. */
  nextKey(): number {
    return ++this.lastKey;
  }

  find(name: string): Provider | undefined {
    return this.byName.get(name);
  }

  /** @throws VitalsError `provider-not-registered`, or `request-invalid` for what can be no name */
  get(name: string): Provider {
    const provider = this.byName.get(name);
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

  /**
   * Of the tokens before the newest only these count from now on, also after a restart. Written in the turn of the
   * provider: a registration that goes on gives it other tokens, among which is the one that was used.
   */
  forgetTokensBefore(provider: Provider, previousTokenHash: string | undefined): void {
    const { key, name } = provider;
    const used = previousTokenHash?.split(',', 1)[0];
    const isOfNewest = used === undefined;
    const newest = provider.tokenHash;
    provider.previousTokenHash = previousTokenHash;
    if (newest === undefined) return;
    const written = this.turns.take(name, async () => {
      const { tokenHash } = provider;
      if (provider.removed || tokenHash === undefined) return;
      const isNewest = isOfNewest && tokenHash === newest;
      const previous = isNewest ? undefined : fromHashOn(used ?? newest, provider.previousTokenHash);
      if (!isNewest && previous === undefined) return;
      await this.journal.commit(tokenUsed({ key, name, tokenHash, previousTokenHash: previous }));
    });
    // should it not be written, the next use of the token after a restart does it again
    written.catch(() => undefined);
  }

  all(): Iterable<Provider> {
    return this.byName.values();
  }

  /**
   * Up to `size` providers that match, by name, after `token`; looked for a little in each turn of the event loop, so
   * that some of them may be gone.
   * @throws VitalsError `request-invalid` for a token that this list did not give
   */
  async page(
    matches: (provider: Provider) => boolean,
    size: number,
    token: string | undefined,
  ): Promise<Page<Provider>> {
    const { names } = this;
    const items: Provider[] = [];
    let index = startAfter(names, token);
    for (let looked = 1; index < names.length; looked++) {
      if (looked % MAX_LOOKED_AT === 0) {
        const next = names[index] as string;
        await eventLoopTurn();
        index = placeAfter(names, next);
        if (names[index - 1] === next) index--;
        if (index === names.length) break;
      }
      const provider = this.byName.get(names[index++] as string) as Provider;
      if (!matches(provider)) continue;
      if (items.length === size) return { items, nextToken: encode((items[size - 1] as Provider).name) };
      items.push(provider);
    }
    return { items, nextToken: undefined };
  }

  private applyChanges(): void {
    const { feed } = this;
    feed.on(providerRegistered, ({ stored, info }) => {
      const known = this.byName.get(stored.registration.name);
      if (!known) {
        const begun = { ...NEVER_HEARD, ...stored, info, stateSinceMs: stored.registeredAtMs };
        return this.add(new Provider(begun, this.leases.register(stored.registration.name)));
      }
      known.registeredAgain(stored, info);
      this.leases.registerAgain(known.lease);
      this.noteChange(known);
    });
    feed.on(providersDecided, (transitions) => {
      for (const { subject, sequence, atMs } of transitions) {
        const provider = this.byName.get(subject);
        if (provider) Object.assign(provider, { lastSequence: sequence, stateSinceMs: atMs });
      }
    });
    feed.on(providerRemoved, ([removed]) => {
      const provider = removed && this.byName.get(removed.subject);
      if (provider) this.remove(provider);
    });
    feed.on(credentialsReplaced, ({ name, tokenHash, previousTokenHash }) => {
      this.applyTo(name, { tokenHash, previousTokenHash });
    });
    feed.on(tokenUsed, ({ name, tokenHash, previousTokenHash }) => {
      if (this.byName.get(name)?.tokenHash === tokenHash) this.applyTo(name, { previousTokenHash });
    });
    feed.on(providerOrdered, ({ name, cordoned, drainRequested }) => {
      const provider = this.applyTo(name, { cordoned, drainRequested });
      if (provider) this.noteChange(provider);
    });
    feed.on(infoUpdated, ({ name, info }) => {
      const provider = this.applyTo(name, { info });
      if (provider) this.noteChange(provider);
    });
  }

  private applyTo(name: string, members: Partial<Provider>): Provider | undefined {
    const provider = this.byName.get(name);
    return provider && Object.assign(provider, members);
  }

  private add(provider: Provider): void {
    this.byName.set(provider.name, provider);
    this.lastKey = Math.max(this.lastKey, provider.key);
    const place = placeAfter(this.names, provider.name);
    if (place === this.names.length) this.names.push(provider.name);
    else this.names.splice(place, 0, provider.name);
    this.noteChange(provider);
  }

  private remove(provider: Provider): void {
    this.leases.revoke(provider.lease);
    provider.removed = true;
    this.byName.delete(provider.name);
    this.names.splice(placeAfter(this.names, provider.name) - 1, 1);
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

  /** Where a page goes on of which only the first `count` items were told; `undefined` if that was the last page. */
  tokenBehind({ items, nextToken }: Page<Provider>, count: number): string | undefined {
    return count < items.length ? encode((items[count - 1] as Provider).name) : nextToken;
  }
}

/** @throws VitalsError `request-invalid` for what can be no name */
export function assertName(name: string): void {
  if (NAME_PATTERN.test(name)) return;
  const detail = `a name is 1 to 253 characters of a-z, 0-9, ".", "_" and "-", and begins and ends with a letter or digit`;
  throw new VitalsError('request-invalid', detail, { faults: [{ pointer: '/name', detail }] });
}

function startAfter(names: readonly string[], token: string | undefined): number {
  if (token === undefined) return 0;
  const last = Buffer.from(token, 'base64url').toString();
  if (!NAME_PATTERN.test(last)) {
    const detail = 'give the next_page_token of an earlier answer, or none';
    throw new VitalsError('request-invalid', `page_token: ${detail}`, {
      faults: [{ pointer: '/page_token', detail }],
    });
  }
  return placeAfter(names, last);
}

function encode(name: string): string {
  return Buffer.from(name).toString('base64url');
}
