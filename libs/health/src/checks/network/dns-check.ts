import type { FactoryProvider } from '@nestjs/common';
import type { HealthStatus } from '@vitals/core/health';
import {
  canonicalRecord,
  DNS_RECORD_EXAMPLES,
  DNS_RECORD_TYPES,
  type DnsRecordType,
} from '@vitals/core/check';
import { resolveRecords } from '@vitals/probes';
import { Resolver } from 'node:dns/promises';
import type { HealthOptions } from '../../declaration/health.options.js';
import { provideCheck, up } from '../provide-check.js';
import { Settings } from '../check-settings.js';

export type { DnsRecordType } from '@vitals/core/check';

/** What `dnsCheck` can be told, besides what every check can. */
export interface DnsCheckSettings extends HealthOptions {
  /** The full name: neither search domains nor the hosts file are used. */
  readonly hostname: string;
  /** Default A. */
  readonly type?: DnsRecordType;
  /** Whom to ask, as addresses with or without a port; default those that the system asks. */
  readonly servers?: readonly string[];
  /** Records that must be among the answer, as they are reported; case, final dots and forms of IPv6 do not matter. */
  readonly expect?: readonly string[];
  /** How many records there must be at least; default 1. */
  readonly minAnswers?: number;
}

/** How many records are reported. */
const MAX_TOLD = 10;

/**
 * Whether a name resolves: `providers: [dnsCheck({ name: 'peers', hostname: 'peers.default.svc.cluster.local' })]`.
 * Asks the servers themselves, so nothing cached answers. Reports `hostname`, `answers` (how many) and `records`
 * (the first ten, in order and in lower case, an MX as `10 mail.example`, an SRV as `host:port`).
 * @throws VitalsError `declaration-invalid`, naming the setting that is wrong
 */
export function dnsCheck(settings: DnsCheckSettings): FactoryProvider {
  const read = Settings.of('dnsCheck', settings, ['hostname', 'type', 'servers', 'expect', 'minAnswers']);
  const hostname = read.host('hostname', settings.hostname);
  const type = read.oneOf('type', settings.type ?? 'A', DNS_RECORD_TYPES);
  const expected = readExpected(read, type, settings.expect);
  const least = read.integer('minAnswers', settings.minAnswers ?? 1, 1);
  const asked = readServers(read, settings.servers);
  return provideCheck(read.external('dns'), () => ({
    about: up({ hostname }),
    check: async ({ signal }) => {
      const resolver = new Resolver();
      if (asked) resolver.setServers(asked);
      const records = await resolveRecords(resolver, hostname, type, signal);
      const told = type === 'SRV' ? records.map(hostAndPort).toSorted() : records;
      return judge(hostname, told, expected, least);
    },
  }));
}

function judge(
  hostname: string,
  records: readonly string[],
  expected: readonly string[],
  least: number,
): HealthStatus {
  const shown = records.slice(0, MAX_TOLD).join(', ');
  const told = up({ hostname, answers: records.length, records: shown });
  const missing = expected.filter((record) => !records.includes(record));
  if (missing.length > 0) return told.down(`the answer lacks ${missing.join(', ')}`);
  if (records.length < least) return told.down(`${records.length} answers are fewer than ${least}`);
  return told;
}

/** An SRV as `host:port`, in place of `priority weight port host`. */
function hostAndPort(record: string): string {
  const [, , port, host] = record.split(' ');
  return `${host}:${port}`;
}

function readExpected(read: Settings, type: DnsRecordType, given: unknown): readonly string[] {
  return (readList(read, 'expect', given) ?? []).map((text) => {
    const service = type === 'SRV' ? /^(\S+):(\d{1,5})$/.exec(text.trim()) : null;
    const record = canonicalRecord(type, service ? `0 0 ${service[2]} ${service[1]}` : text);
    if (record === undefined)
      read.refuse('expect', text, `records of the type ${type}, such as ${exampleOf(type)}`);
    return type === 'SRV' ? hostAndPort(record) : record;
  });
}

function exampleOf(type: DnsRecordType): string {
  return type === 'SRV' ? 'mq.example:5672' : DNS_RECORD_EXAMPLES[type];
}

function readList(read: Settings, setting: string, given: unknown): readonly string[] | undefined {
  if (given === undefined) return undefined;
  const texts = read.texts(setting, given, 'a list of texts');
  return texts.length > 0 ? texts : read.refuse(setting, given, 'a list of texts');
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
