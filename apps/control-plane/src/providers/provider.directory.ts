import { Injectable } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { compareText } from '@vitals/core/order';
import { NAME_PATTERN, type Provider } from './provider.js';

/** A page of a list that is ordered by name. */
export interface Page<T> {
  readonly items: T[];
  /** Where the next page starts; `undefined` on the last. */
  readonly nextToken: string | undefined;
}

/** All providers, in memory: what every read is answered from. */
@Injectable()
export class ProviderDirectory {
  private readonly byName = new Map<string, Provider>();
  private readonly nameById = new Map<string, string>();
  private sortedNames: string[] | undefined;

  get size(): number {
    return this.byName.size;
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

  /** The name under which this id is registered. */
  nameOf(id: string): string | undefined {
    return this.nameById.get(id);
  }

  add(provider: Provider): void {
    this.byName.set(provider.name, provider);
    this.nameById.set(provider.id, provider.name);
    this.sortedNames = undefined;
  }

  remove(provider: Provider): void {
    this.byName.delete(provider.name);
    this.nameById.delete(provider.id);
    this.sortedNames = undefined;
  }

  all(): Iterable<Provider> {
    return this.byName.values();
  }

  /**
   * Up to `size` providers that match, by name, after `token`.
   * @throws VitalsError `request-invalid` for a token that this list did not give
   */
  page(matches: (provider: Provider) => boolean, size: number, token: string | undefined): Page<Provider> {
    this.sortedNames ??= [...this.byName.keys()].sort(compareText);
    const names = this.sortedNames;
    const items: Provider[] = [];
    for (let index = startAfter(names, token); index < names.length; index++) {
      const provider = this.byName.get(names[index] as string) as Provider;
      if (!matches(provider)) continue;
      if (items.length === size) return { items, nextToken: encode((items[size - 1] as Provider).name) };
      items.push(provider);
    }
    return { items, nextToken: undefined };
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
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] as string) <= last) low = middle + 1;
    else high = middle;
  }
  return low;
}

function encode(name: string): string {
  return Buffer.from(name).toString('base64url');
}
