import { isIP } from 'node:net';
import { parseDurationText } from '@vitals/core/time';
import { canonicalHost } from '@vitals/core/check';

/** Units of settings, in milliseconds. */
export const [SECOND_MS, HOUR_MS, DAY_MS] = [1_000, 3_600_000, 86_400_000] as const;

/** The levels that `LOG_LEVEL` knows, most talkative first. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** One of the levels. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** An address that the operator gave: a name, an IPv4 or an IPv6 address without brackets, and a port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads the text of a setting; empty where nothing is set and the setting has no default.
 * @throws Error that says what is wrong with it, and repeats no secret
 */
export type SettingParser<T> = (text: string) => T;

/** The most entries of a setting that is a list: nobody means more. */
const MAX_LISTED = 100;
/** A name as DNS and container platforms have it, after the `*.` that stands for more labels. */
const HOST_NAME = /^(\*\.)?[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?$/;

/** Reads a text that has no rules. */
export const optionalText: SettingParser<string | undefined> = (text) => text || undefined;

/** Reads an integer within bounds. */
export function wholeNumber(min: number, max: number): SettingParser<number> {
  return ruled(`is not a whole number from ${min} to ${max}`, (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  });
}

/** Reads a duration, in milliseconds. @param rule of those that are accepted, in words: "must be from 2s to 24h" */
export function durationThat(rule: string, accepts: (ms: number) => boolean): SettingParser<number> {
  return ruled(rule, (text) => {
    const ms = text === '0' && accepts(0) ? 0 : parseDurationText(text);
    return accepts(ms) ? ms : undefined;
  });
}

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['', false],
  ['0', false],
  ['1', true],
]);

/** Reads a setting that is on or off. */
export const flag = ruled('must be 1 for on, or 0 for off', (text) => FLAGS.get(text));

/** Reads a list with commas between its entries. */
export function listOf<T>(parse: SettingParser<T>): SettingParser<readonly T[]> {
  return (text) => {
    const parts = text === '' ? [] : text.split(',').map((part) => part.trim());
    if (parts.length <= MAX_LISTED) return parts.map(parse);
    throw new Error(`lists ${parts.length}; at most ${MAX_LISTED} are taken`);
  };
}

/** Reads the address to listen on. */
export const listenHost = ruled('is not an IP address or a host name', (text) =>
  isIP(text) || /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text) ? text : undefined,
);

/** Reads a name or an address without port, as `canonicalHost` has it. */
export const allowedHost = ruled(
  'is not a host; give names or addresses without ports, and commas between them, such as vitals.example.org,*.vitals.svc',
  (text) => {
    const host = canonicalHost(text.replace(/^\[(.*)\]$/, '$1'));
    return isIP(host) > 0 || HOST_NAME.test(host) ? host : undefined;
  },
);

/** Reads an address or a CIDR, as an address with its prefix length. */
export const cidr = ruled(
  'is not a valid address range; use CIDRs with commas between them, such as 10.0.0.0/8,fd00::/8, or none',
  (text) => {
    const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
    const family = address.includes('%') ? 0 : isIP(address);
    const longest = family === 4 ? 32 : 128;
    const length = prefix === undefined ? longest : Number(prefix);
    return family !== 0 && length <= longest ? `${address}/${length}` : undefined;
  },
);

/** Reads `host:port`, an IPv6 address in brackets. */
export const endpoint = ruled(
  'is not host:port; use names or addresses with their ports and commas between them, such as 192.0.2.1:443,[2001:db8::1]:53',
  (text): Endpoint | undefined => {
    const [, bracketed, name, digits] = /^(?:\[([^\]]+)\]|([a-z0-9._-]{1,253})):(\d{1,5})$/i.exec(text) ?? [];
    const host = name ?? (bracketed !== undefined && isIP(bracketed) === 6 ? bracketed : undefined);
    const port = Number(digits);
    return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined;
  },
);

/** Where the database is. */
export type DatabaseLocation =
  | { readonly kind: 'sqlite'; readonly path: string }
  | {
      readonly kind: 'postgres';
      readonly url: string;
      /** The same without credentials. */
      readonly place: string;
      /** Whether other control planes use it too. */
      readonly isShared?: boolean;
    };

/** Reads where the database is: the path of a SQLite file, `:memory:`, or the URL of a database of PostgreSQL. */
export const databaseLocation: SettingParser<DatabaseLocation> = (text) => {
  if (/^postgres(ql)?:/i.test(text)) return postgresLocation(text);
  const path = /^sqlite:(?!\/\/[^/]*@)([^?]+)$/.exec(text)?.[1];
  if (path) return { kind: 'sqlite', path };
  // any part of it may be a secret
  throw new Error(
    'is not a valid database; use sqlite:<path> or sqlite::memory:, without parameters, or postgres://<user>:<password>@<host>:<port>/<database>',
  );
};

/** What a URL of PostgreSQL may say after its `?`; the driver would take anything, and ignore it. */
const POSTGRES_PARAMETERS = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'host', 'options'];
/** The server is verified, or it is said that it is not: what is between them only looks safe. */
const SSL_MODES = ['disable', 'require', 'verify-full', 'no-verify'];

function postgresLocation(text: string): DatabaseLocation {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.hostname || !url.pathname.slice(1))
    throw new Error(
      'is not a valid database; use postgres://<user>:<password>@<host>:<port>/<database>, with what is special in the password percent-encoded',
    );
  for (const name of url.searchParams.keys())
    if (!POSTGRES_PARAMETERS.includes(name))
      throw new Error(`has an unknown parameter; there are ${POSTGRES_PARAMETERS.join(', ')}`);
  const mode = url.searchParams.get('sslmode');
  if (mode !== null && !SSL_MODES.includes(mode))
    throw new Error(`has an unknown sslmode; there are ${SSL_MODES.join(', ')}`);
  if (mode === 'require') url.searchParams.set('sslmode', 'verify-full');
  const host = url.searchParams.get('host') ?? url.host;
  return { kind: 'postgres', url: url.href, place: `postgres://${host}${url.pathname}` };
}

/** How a client of Kafka may say who it is: the names that Kafka has for them. */
export const SASL_MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

/** One of the mechanisms. */
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

/** Reads the name of a mechanism; nothing for none. */
export const saslMechanism: SettingParser<SaslMechanism | undefined> = (text) => {
  const found = SASL_MECHANISMS.find((known) => known === text.toUpperCase());
  if (found || text === '') return found;
  // a password may have been put here
  throw new Error(`is not a mechanism; there are ${SASL_MECHANISMS.join(', ')}`);
};

/** Reads the beginning of the names of topics; together with what follows they may have 249 characters. */
export const topicPrefix = ruled(
  'is not a prefix of topics; use 1 to 200 of A-Z, a-z, 0-9, "." and "-", beginning with a letter or a digit',
  (text) => (/^[a-z0-9][a-z0-9.-]{0,199}$/i.test(text) ? text : undefined),
);

/** Reads a log level. */
export const logLevel = ruled(`is not a level; there are ${LOG_LEVELS.join(', ')}`, (text) =>
  LOG_LEVELS.find((known) => known === text.toLowerCase()),
);

/** Reads a text with `parse`, which returns nothing for one that breaks the rule. */
function ruled<T>(rule: string, parse: (text: string) => T | undefined): SettingParser<T> {
  return (text) => {
    const value = parse(text);
    if (value !== undefined) return value;
    // without what comes before an `@`, where URLs have names and passwords
    throw new Error(`${JSON.stringify(text.replace(/^.*@/s, '…@'))} ${rule}`);
  };
}
