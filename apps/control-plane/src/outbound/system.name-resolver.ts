import { lookup, Resolver } from 'node:dns/promises';
import type { Clock } from '@vitals/core/time';
import { isNameAbsent, NameResolver, type ResolvedName } from './name.resolver.js';
import { candidatesOf, parseHosts, parseSearchList, type SearchList, SystemFile } from './system-files.js';

/** What differs in tests. */
export interface SystemNames {
  readonly hostsPath?: string;
  readonly resolvConfPath?: string;
  /** DNS servers to ask instead of the system's. */
  readonly servers?: readonly string[];
  /** What knows names that neither the hosts file nor DNS has; default `getaddrinfo`. */
  readonly fallback?: (name: string) => Promise<readonly string[]>;
}

/** c-ares waits this long for a server, in milliseconds, and asks again once, for longer. */
const DNS_TIMEOUT_MS = 1_000;
const DNS_TRIES = 2;

/** How long the addresses of one family wait for those of the other, in milliseconds: RFC 8305 section 3 has 50. */
const OTHER_FAMILY_MS = 250;

/** For how long what is not from DNS may be kept, in milliseconds. */
const LOCAL_TTL_MS = 5_000;

/** Of the four threads that all file access shares, those that may hang in getaddrinfo. */
const FALLBACK_THREADS = 2;
const MAX_FALLBACK_QUEUE = 64;

const LOOPBACK: ResolvedName = { addresses: ['127.0.0.1', '::1'], ttlMs: LOCAL_TTL_MS };

/**
 * Resolves as the system does, without a thread for each name: `localhost` (RFC 6761 section 6.3), the hosts file,
 * DNS with the search list. Only names that DNS says do not exist, or all while there is no DNS, are put to getaddrinfo,
 * which may know them from elsewhere (mDNS, a directory); it takes a thread, so that few may ask it at a time, and a
 * name whose servers hang never gets there. IPv4 addresses come first.
 */
export class SystemNameResolver extends NameResolver {
  private readonly hosts: SystemFile<ReadonlyMap<string, readonly string[]>>;
  private readonly searchList: SystemFile<SearchList>;
  private dns: { readonly of: SearchList; readonly resolver: Resolver } | undefined;
  private fallbacks = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly system: SystemNames = {},
  ) {
    super();
    this.hosts = new SystemFile(system.hostsPath ?? '/etc/hosts', parseHosts, clock);
    this.searchList = new SystemFile(system.resolvConfPath ?? '/etc/resolv.conf', parseSearchList, clock);
  }

  async resolve(name: string): Promise<ResolvedName> {
    const bare = name.replace(/\.$/, '');
    if (bare === 'localhost' || bare.endsWith('.localhost')) return LOOPBACK;
    const local = this.hosts.read().get(bare);
    if (local) return { addresses: local, ttlMs: LOCAL_TTL_MS };
    try {
      return (await this.fromDns(name)) ?? (await this.fromFallback(name));
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw fault;
      // no DNS server runs at all, which is told at once: the system may have another source
      return await this.fromFallback(name).catch(() => Promise.reject(fault as Error));
    }
  }

  /** A server that fails for one candidate may know the next; that it failed is told if none does. */
  private async fromDns(name: string): Promise<ResolvedName | undefined> {
    const searchList = this.searchList.read();
    const resolver = this.resolverFor(searchList);
    let fault: unknown;
    for (const candidate of candidatesOf(name, searchList)) {
      try {
        return await this.query(resolver, candidate);
      } catch (error) {
        if (isNameAbsent(error)) continue;
        fault ??= error;
        if ((error as NodeJS.ErrnoException).code !== 'ESERVFAIL') break;
      }
    }
    if (fault !== undefined) throw fault as Error;
    return undefined;
  }

  /** Asks for both families; the slower one is waited for, but not for long once the other is there. */
  private query(resolver: Resolver, name: string): Promise<ResolvedName> {
    return new Promise((resolve, reject) => {
      const found: { address: string; ttl: number }[] = [];
      let fault: unknown;
      let open = 2;
      const finish = (): void => {
        if (found.length === 0) return reject((fault ?? absent(name)) as Error);
        const ttlMs = Math.min(...found.map(({ ttl }) => ttl)) * 1_000;
        resolve({ addresses: found.map(({ address }) => address), ttlMs });
      };
      const settled = (): void => {
        open--;
        if (open === 0) finish();
        else if (found.length > 0) this.clock.after(OTHER_FAMILY_MS, finish);
      };
      const failed = (error: unknown): void => {
        if (!isNameAbsent(error)) fault ??= error;
        settled();
      };
      const options = { ttl: true } as const;
      resolver.resolve4(name, options).then((ipv4) => (found.unshift(...ipv4), settled()), failed);
      resolver.resolve6(name, options).then((ipv6) => (found.push(...ipv6), settled()), failed);
    });
  }

  private async fromFallback(name: string): Promise<ResolvedName> {
    if (this.waiting.length >= MAX_FALLBACK_QUEUE) throw absent(name);
    if (this.fallbacks >= FALLBACK_THREADS) await new Promise<void>((resume) => this.waiting.push(resume));
    else this.fallbacks++;
    try {
      return { addresses: await (this.system.fallback ?? getaddrinfo)(name), ttlMs: LOCAL_TTL_MS };
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.fallbacks--;
    }
  }

  /** A change of the file may be one of its servers, which are read when a resolver is made. */
  private resolverFor(of: SearchList): Resolver {
    if (this.dns?.of === of) return this.dns.resolver;
    const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: DNS_TRIES });
    if (this.system.servers) resolver.setServers(this.system.servers);
    this.dns = { of, resolver };
    return resolver;
  }
}

async function getaddrinfo(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true, verbatim: true });
  return found.map(({ address }) => address);
}

function absent(name: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`the name ${name} has no address`), { code: 'ENOTFOUND' });
}
