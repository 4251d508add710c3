import { canonicalName } from './dns-name.js';
import { canonicalIpv6, isIpv4 } from './ip-address.js';

/** The types of records that a check can ask for. */
export const DNS_RECORD_TYPES = [
  'A',
  'AAAA',
  'CAA',
  'CNAME',
  'MX',
  'NS',
  'PTR',
  'SOA',
  'SRV',
  'TXT',
] as const;

/** One of the types. */
export type DnsRecordType = (typeof DNS_RECORD_TYPES)[number];

/** What somebody wrote of a record, for each type; for whoever wrote something else. */
export const DNS_RECORD_EXAMPLES: Readonly<Record<DnsRecordType, string>> = {
  A: '192.0.2.1',
  AAAA: '2001:db8::1',
  CAA: '0 issue "ca.example"',
  CNAME: 'web.example',
  MX: '10 mail.example',
  NS: 'ns1.example',
  PTR: 'host.example',
  SOA: 'ns1.example admin.example 1 7200 3600 1209600 300',
  SRV: '0 5 5060 sip.example',
  TXT: 'v=spf1 -all',
};

/**
 * The one form of a record that somebody wrote down, so that spellings of one record are equal: names in lower case
 * without the dot at their end, IPv6 as RFC 5952 has it, the strings of a TXT joined, in quotes or not (RFC 1035
 * section 5.1). `undefined` for what is no record of the type.
 */
export function canonicalRecord(type: DnsRecordType, text: string): string | undefined {
  const words = text.trim().split(/\s+/);
  switch (type) {
    case 'A':
      return isIpv4(text.trim()) ? text.trim() : undefined;
    case 'AAAA':
      return canonicalIpv6(text.trim());
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return text.trim() === '' ? undefined : canonicalName(text.trim());
    case 'MX':
      return fieldsOf(words, ['number', 'name']);
    case 'SRV':
      return fieldsOf(words, ['number', 'number', 'number', 'name']);
    case 'SOA':
      return fieldsOf(words, ['name', 'name', 'number', 'number', 'number', 'number', 'number']);
    case 'CAA':
      return caaOf(text.trim());
    case 'TXT':
      return text.trimStart().startsWith('"') ? unquoted(text.trim()) : text;
    default:
      return type satisfies never;
  }
}

/** The records of an answer of `Resolver.resolve(name, type)` of `node:dns`, each once, in their one form and in order. */
export function recordsOf(type: DnsRecordType, answer: unknown): string[] {
  const answers = Array.isArray(answer) ? answer : [answer];
  return [...new Set(answers.map((each: unknown) => recordOf(type, each)))].toSorted();
}

/** What of an answer is not as it has to be, in words that follow "it"; `undefined` if all is. */
export function recordsFault(
  records: readonly string[],
  { expected, contains }: { readonly expected?: readonly string[]; readonly contains?: readonly string[] },
): string | undefined {
  const missing = (expected ?? contains ?? []).filter((record) => !records.includes(record));
  const surplus = expected ? records.filter((record) => !expected.includes(record)) : [];
  const faults = [
    ...(missing.length > 0 ? [`lacks ${missing.join(', ')}`] : []),
    ...(surplus.length > 0 ? [`has ${surplus.join(', ')}, which is not expected`] : []),
  ];
  return faults.length > 0 ? faults.join(' and ') : undefined;
}

function recordOf(type: DnsRecordType, answer: unknown): string {
  const fields = answer as Readonly<Record<string, string | number>>;
  const name = (field: string): string => nameOf(String(fields[field]));
  switch (type) {
    case 'A':
      return String(answer);
    case 'AAAA':
      return canonicalIpv6(String(answer)) ?? String(answer);
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return nameOf(String(answer));
    case 'MX':
      return `${fields['priority']} ${name('exchange')}`;
    case 'SRV':
      return `${fields['priority']} ${fields['weight']} ${fields['port']} ${name('name')}`;
    case 'SOA': {
      const { serial, refresh, retry, expire, minttl } = fields;
      return `${name('nsname')} ${name('hostmaster')} ${serial} ${refresh} ${retry} ${expire} ${minttl}`;
    }
    case 'CAA': {
      const [tag = '', value = ''] =
        Object.entries(fields).find(([key]) => key !== 'critical' && key !== 'type') ?? [];
      return `${fields['critical']} ${tag.toLowerCase()} ${JSON.stringify(value)}`;
    }
    case 'TXT':
      return utf8Of(Array.isArray(answer) ? answer.join('') : String(answer));
    default:
      return type satisfies never;
  }
}

/** A name of an answer, which may have any characters. */
function nameOf(text: string): string {
  return canonicalName(text) ?? text.toLowerCase();
}

function fieldsOf(words: readonly string[], kinds: readonly ('number' | 'name')[]): string | undefined {
  if (words.length !== kinds.length) return undefined;
  const fields = words.map((word, at) => (kinds[at] === 'name' ? canonicalName(word) : numberOf(word)));
  return fields.includes(undefined) ? undefined : fields.join(' ');
}

function numberOf(word: string): string | undefined {
  return /^\d{1,10}$/.test(word) ? String(Number(word)) : undefined;
}

/** `flags tag value`: RFC 8659 section 4.1.1. */
function caaOf(text: string): string | undefined {
  const [, flags, tag, rest = ''] = /^(\d{1,3})\s+([a-z0-9]+)\s+(.+)$/is.exec(text) ?? [];
  const value = rest.startsWith('"') ? unquoted(rest) : rest;
  return flags === undefined || value === undefined
    ? undefined
    : `${Number(flags)} ${String(tag).toLowerCase()} ${JSON.stringify(value)}`;
}

/** Strings in quotes, one after the other, joined: RFC 1035 section 5.1. */
function unquoted(text: string): string | undefined {
  if (!/^"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*$/s.test(text)) return undefined;
  const strings = text.match(/"(?:[^"\\]|\\.)*"/gs) ?? [];
  const joined = strings.map((string) => string.slice(1, -1)).join('');
  return utf8Of(
    joined.replace(/\\(\d{3}|.)/gs, (_all, escaped: string) =>
      escaped.length === 3 ? String.fromCharCode(Number(escaped)) : escaped,
    ),
  );
}

/** What a text says whose characters are bytes, as `node:dns` and escapes have them; as it is if they are no UTF-8. */
function utf8Of(text: string): string {
  if (!/[\x80-\xff]/.test(text) || /[^\0-\xff]/.test(text)) return text;
  try {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return text;
  }
}
