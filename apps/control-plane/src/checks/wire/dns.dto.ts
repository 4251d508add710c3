import {
  canonicalName,
  canonicalRecord,
  DNS_RECORD_EXAMPLES,
  DNS_RECORD_TYPES,
  type DnsRecordType,
  type DnsTarget,
  placeText,
  reverseName,
} from '@vitals/core/check';
import { IsIn } from 'class-validator';
import { isIP } from 'node:net';
import { Member, OptionalMember, Part, Rule } from '../../http/members.js';
import { parseHost } from '@vitals/probes';
import * as s from '../../http/schema.js';

s.enumeration('RecordType', DNS_RECORD_TYPES);

/** The most records that an answer is compared with, and the most characters of one. */
const MAX_RECORDS = 32;
const MAX_RECORD_CHARACTERS = 2_048;

/** The port of DNS: RFC 1035 section 4.2. */
const DNS_PORT = 53;

const RECORDS = { minItems: 1, maxItems: MAX_RECORDS };
const A_RECORD = { type: 'string', maxLength: MAX_RECORD_CHARACTERS, examples: ['192.0.2.1'] };

/** A name, and the records that it has to have. */
@Part('For the type dns: a name that has records.')
export class DnsTargetDto {
  @Member(
    s.text('The full name: neither search list nor hosts file are used. For PTR it may be an IP address.', {
      maxLength: 254,
      examples: ['shop.example.org'],
    }),
    Rule((value, { record }: DnsTargetDto) => {
      if (typeof value === 'string' && nameOf(value, record) !== undefined) return undefined;
      return 'must be a name of DNS such as "shop.example.org"; for PTR it may be an IP address';
    }),
  )
  name!: string;

  @Member('Which records it has to have.', IsIn(DNS_RECORD_TYPES))
  record!: DnsRecordType;

  @OptionalMember(
    {
      ...s.listOf(A_RECORD, 'Healthy with these records and no others, in any order and spelling.'),
      ...RECORDS,
    },
    Rule((value, { record, contains }: DnsTargetDto) =>
      contains === undefined
        ? recordsFault(value, record)
        : 'cannot stand beside contains; it says more than that',
    ),
  )
  expected?: string[];

  @OptionalMember(
    { ...s.listOf(A_RECORD, 'Healthy with at least these records; not beside expected.'), ...RECORDS },
    Rule((value, { record }: DnsTargetDto) => recordsFault(value, record)),
  )
  contains?: string[];

  @OptionalMember(
    s.text('Who is asked, with the port if it is not 53; the DNS servers of the system if left out.', {
      maxLength: 261,
      examples: ['192.0.2.53:53'],
    }),
    Rule((value) => (tryServer(value) ? undefined : 'must be a host with its port, such as "192.0.2.53:53"')),
  )
  server?: string;
}

/** What a check of DNS that was read looks at. */
export function dnsOf({ name, record, expected, contains, server }: DnsTargetDto): DnsTarget {
  const place = tryServer(server);
  return {
    kind: 'dns',
    name: nameOf(name, record) as string,
    record,
    ...(expected && { expected: recordsOf(expected, record) }),
    ...(contains && { contains: recordsOf(contains, record) }),
    ...(place && { server: place }),
  };
}

/** A target of DNS as it is sent. */
export function dnsBody({ name, record, expected, contains, server }: DnsTarget): DnsTargetDto {
  return {
    name,
    record,
    ...(expected && { expected: expected.map((one) => written(record, one)) }),
    ...(contains && { contains: contains.map((one) => written(record, one)) }),
    ...(server && { server: placeText(server.host, server.port) }),
  };
}

/** A record as it can be read again. */
function written(record: DnsRecordType, told: string): string {
  // as it is, a TXT that begins with a quote would be read as strings in quotes
  return canonicalRecord(record, told) === told ? told : `"${told.replace(/["\\]/g, '\\$&')}"`;
}

function nameOf(given: string, record: DnsRecordType): string | undefined {
  if (isIP(given) !== 0) return record === 'PTR' ? reverseName(given) : undefined;
  const name = canonicalName(given);
  return name === '.' ? undefined : name;
}

function recordsFault(value: unknown, record: DnsRecordType): string | undefined {
  const example = DNS_RECORD_EXAMPLES[record] as string | undefined;
  if (example === undefined) return 'cannot be read without a record that is known';
  const isList = Array.isArray(value) && value.length >= 1 && value.length <= MAX_RECORDS;
  if (isList && value.every((one: unknown) => isRecordText(one, record))) return undefined;
  return `must be a list of 1 to ${MAX_RECORDS} ${record} records, each such as ${JSON.stringify(example)}, of at most ${MAX_RECORD_CHARACTERS} characters`;
}

function isRecordText(given: unknown, record: DnsRecordType): boolean {
  const isText = typeof given === 'string' && given.length <= MAX_RECORD_CHARACTERS;
  return isText && canonicalRecord(record, given) !== undefined;
}

function recordsOf(texts: readonly string[], record: DnsRecordType): string[] {
  return [...new Set(texts.map((one) => canonicalRecord(record, one) as string))].toSorted();
}

function tryServer(given: unknown): DnsTarget['server'] {
  if (typeof given !== 'string' || given.length > 261) return undefined;
  const [, name, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(given) ?? [];
  const host = parseHost(isIP(given) === 6 ? given : (name ?? ''))?.text;
  const number = Number(port ?? DNS_PORT);
  return host !== undefined && number >= 1 && number <= 65_535 ? { host, port: number } : undefined;
}
