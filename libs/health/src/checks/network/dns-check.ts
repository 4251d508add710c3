import type { FactoryProvider } from '@nestjs/common';
import { HealthStatus } from '@vitals/core/health';
import { Resolver } from 'node:dns/promises';
import type { HealthOptions } from '../../declaration/health.options.js';
import { failureReason } from '../failure-reason.js';
import { provideCheck } from '../provide-check.js';
import { Settings } from '../settings.js';

/** The record types that can be asked for. */
export type DnsRecordType = 'A' | 'AAAA' | 'CNAME' | 'MX' | 'NS' | 'SRV' | 'TXT';

/** What `dnsCheck` can be told, besides what every check can. */
export interface DnsCheckSettings extends HealthOptions {
  /** The full name: neither search domains nor the hosts file are used. */
  readonly hostname: string;
  /** Default A. */
  readonly type?: DnsRecordType;
  /** Whom to ask, as addresses with or without a port; default those that the system asks. */
  readonly servers?: readonly string[];
  /** Records that must be among the answer, as they are reported. */
  readonly expect?: readonly string[];
  /** How many records there must be at least; default 1. */
  readonly minAnswers?: number;
}

const TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'SRV', 'TXT'] as const;

/** How many records are reported. */
const MOST_TOLD = 10;

/**
 * Whether a name resolves: `providers: [dnsCheck({ name: 'peers', hostname: 'peers.default.svc.cluster.local' })]`.
 * Asks the servers themselves, so nothing cached answers. Reports `hostname`, `answers` (how many) and `records`
 * (the first ten, in order, an MX as `10 mail.example`, an SRV as `host:port`).
 * @throws VitalsError `declaration-invalid`, naming the setting that is wrong
 */
export function dnsCheck(settings: DnsCheckSettings): FactoryProvider {
  const { hostname: givenName, type: givenType, servers, expect, minAnswers, ...options } = settings;
  const read = new Settings('dnsCheck');
  const hostname = read.host('hostname', givenName);
  const type = read.oneOf('type', givenType ?? 'A', TYPES);
  const expected = readList(read, 'expect', expect) ?? [];
  const least = read.integer('minAnswers', minAnswers ?? 1, 1);
  const asked = readServers(read, servers);
  return provideCheck({
    owner: 'DnsCheck',
    options: { name: 'dns', ...options, external: options.external ?? true },
    probe: () => ({
      check: async ({ signal }) => {
        const status = HealthStatus.up().withAttribute('hostname', hostname);
        try {
          return judge(status, await recordsOf(hostname, type, asked, signal), expected, least);
        } catch (error) {
          return status.down(failureReason(error));
        }
      },
    }),
  });
}

function judge(
  status: HealthStatus,
  records: readonly string[],
  expected: readonly string[],
  least: number,
): HealthStatus {
  const told = status
    .withAttribute('answers', records.length)
    .withAttribute('records', records.slice(0, MOST_TOLD).join(', '));
  const missing = expected.filter((record) => !records.includes(record));
  if (missing.length > 0) return told.down(`the answer lacks ${missing.join(', ')}`);
  if (records.length < least) return told.down(`${records.length} answers are fewer than ${least}`);
  return told;
}

async function recordsOf(
  hostname: string,
  type: DnsRecordType,
  servers: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<string[]> {
  signal.throwIfAborted();
  const resolver = new Resolver();
  if (servers) resolver.setServers(servers);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel);
  try {
    return (await query(resolver, hostname, type)).sort();
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

async function query(resolver: Resolver, hostname: string, type: DnsRecordType): Promise<string[]> {
  switch (type) {
    case 'A':
      return resolver.resolve4(hostname);
    case 'AAAA':
      return resolver.resolve6(hostname);
    case 'CNAME':
      return resolver.resolveCname(hostname);
    case 'MX':
      return (await resolver.resolveMx(hostname)).map(({ priority, exchange }) => `${priority} ${exchange}`);
    case 'NS':
      return resolver.resolveNs(hostname);
    case 'SRV':
      return (await resolver.resolveSrv(hostname)).map(({ name, port }) => `${name}:${port}`);
    case 'TXT':
      return (await resolver.resolveTxt(hostname)).map((parts) => parts.join(''));
    default:
      return type satisfies never;
  }
}

function readList(read: Settings, setting: string, given: unknown): readonly string[] | undefined {
  if (given === undefined) return undefined;
  if (!Array.isArray(given) || given.length === 0) read.refuse(setting, given, 'a list of texts');
  return given.map((each: unknown) => read.text(setting, each, 'a list of texts'));
}

function readServers(read: Settings, given: unknown): readonly string[] | undefined {
  const servers = readList(read, 'servers', given);
  try {
    if (servers) new Resolver().setServers(servers);
  } catch {
    read.refuse('servers', given, 'addresses such as "10.0.0.2" or "10.0.0.2:5353"');
  }
  return servers;
}
