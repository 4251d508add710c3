import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Clock } from '@vitals/core/time';

/** How names are searched: resolv.conf(5). */
export interface SearchList {
  readonly domains: readonly string[];
  /** A name with at least as many dots is tried as it is first. */
  readonly ndots: number;
}

/** How long it takes at most until a change of one of the files is seen, in milliseconds. */
const LOOK_AGAIN_MS = 5_000;

/** A text file of the system in the form `parse` gives it, read again after it changed; empty if it is not there. */
export class SystemFile<T> {
  private value: T;
  private version = '';
  private lookedMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly path: string,
    private readonly parse: (text: string) => T,
    private readonly clock: Clock,
  ) {
    this.value = parse('');
  }

  /** What it says, at most five seconds old; the same object as before if it did not change. */
  read(): T {
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.lookedMs < LOOK_AGAIN_MS) return this.value;
    this.lookedMs = nowMs;
    try {
      const version = versionOf(this.path);
      if (version === this.version) return this.value;
      this.value = this.parse(version === '' ? '' : readFileSync(this.path, 'utf8'));
      this.version = version;
    } catch {
      // no descriptor left, or no permission: what was read before is still the best there is
    }
    return this.value;
  }
}

/** Reads hosts(5): addresses by name. */
export function parseHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const addresses = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (isIP(address) === 0 || address.includes('%')) continue;
    for (const name of names) {
      const key = name.toLowerCase();
      addresses.set(key, [...(addresses.get(key) ?? []), address]);
    }
  }
  return addresses;
}

/** Reads what resolv.conf(5) says of searching; the last of several lines counts. */
export function parseSearchList(text: string): SearchList {
  let [domains, ndots]: [readonly string[], number] = [[], 1];
  for (const line of text.split('\n')) {
    const [keyword, ...words] = line.trim().split(/\s+/);
    if (keyword === 'search' || keyword === 'domain')
      domains = words.map((word) => word.toLowerCase().replace(/\.$/, '')).filter((word) => word !== '');
    const option = keyword === 'options' ? words.find((word) => /^ndots:\d{1,2}$/.test(word)) : undefined;
    if (option !== undefined) ndots = Number(option.slice('ndots:'.length));
  }
  return { domains, ndots };
}

/** What to ask for, in order: the name with the domains of the search list, and as it is. */
export function candidatesOf(name: string, { domains, ndots }: SearchList): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const searched = domains.map((domain) => `${name}.${domain}`);
  return name.split('.').length > ndots ? [name, ...searched] : [...searched, name];
}

function versionOf(path: string): string {
  const file = statSync(path, { throwIfNoEntry: false });
  return file ? `${file.mtimeMs} ${file.size} ${file.ino}` : '';
}
