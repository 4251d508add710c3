import { Injectable } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { placeAfter } from '@vitals/core/order';
import { Subject } from 'rxjs';
import { eventLoopTurn } from '../http/json-answer.js';
import { Journal } from '../persistence/journal.js';
import { CredentialHolders } from '../security/identity.js';
import { NAME_PATTERN, type Provider } from './provider.js';

/** Names that are looked at in one turn of the event loop. */
const MAX_LOOKED_AT = 1_000;

/** A page of a list that is ordered by name. */
export interface Page<T> {
  readonly items: T[];
  /** Where the next page starts; `undefined` on the last. */
  readonly nextToken: string | undefined;
}

/** All providers, in memory: what every read is answered from. */
@Injectable()
export class ProviderDirectory extends CredentialHolders {
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

  constructor(private readonly journal: Journal) {
    super();
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

  add(provider: Provider): void {
    this.byName.set(provider.name, provider);
    this.lastKey = Math.max(this.lastKey, provider.key);
    const place = placeAfter(this.names, provider.name);
    if (place === this.names.length) this.names.push(provider.name);
    else this.names.splice(place, 0, provider.name);
    this.noteChange(provider);
  }

  remove(provider: Provider): void {
    provider.removed = true;
    this.byName.delete(provider.name);
    this.names.splice(placeAfter(this.names, provider.name) - 1, 1);
    this.noteChange(provider);
  }

  /** Tells everybody who goes by it that a provider has changed. */
  noteChange(provider: Provider): void {
    // whoever reads "what changed since the last transition" sees it with the next one at the latest
    provider.lastSequence = Math.max(provider.lastSequence, this.journal.lastSequence + 1);
    this.changedSubject.next(provider);
  }

  /** Of the tokens before the newest only these count from now on, also after a restart. */
  forgetTokensBefore(provider: Provider, previousTokenHash: string | undefined): void {
    provider.previousTokenHash = previousTokenHash;
    const { key, tokenHash } = provider;
    if (tokenHash === undefined) return;
    // should it not be written, the next use of the token after a restart does it again
    this.journal.commit({ kind: 'token-used', key, tokenHash, previousTokenHash }).catch(() => undefined);
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
