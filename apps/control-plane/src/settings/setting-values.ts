import { isIP } from 'node:net';
import { parseDuration } from '@vitals/core/time';
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
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new Error(`${quoted(text)} is not a whole number from ${min} to ${max}`);
  };
}

/** Reads a duration, in milliseconds. @param rule of those that are accepted, in words: "must be from 2s to 24h" */
export function durationThat(rule: string, accepts: (ms: number) => boolean): SettingParser<number> {
  return (text) => {
    const ms = text === '0' && accepts(0) ? 0 : parseDuration(text);
    if (accepts(ms)) return ms;
    throw new Error(`${quoted(text)} ${rule}`);
  };
}

/** Reads a setting that is on or off. */
export const flag: SettingParser<boolean> = (text) => {
  if (text === '' || text === '0') return false;
  if (text === '1') return true;
  throw new Error(`${quoted(text)} must be 1 for on, or 0 for off`);
};

/** Reads a list with commas between its entries. */
export function listOf<T>(parse: SettingParser<T>): SettingParser<readonly T[]> {
  return (text) => {
    const parts = text === '' ? [] : text.split(',').map((part) => part.trim());
    if (parts.length <= MAX_LISTED) return parts.map(parse);
    throw new Error(`lists ${parts.length}; at most ${MAX_LISTED} are taken`);
  };
}

/** Reads the address to listen on. */
export const listenHost: SettingParser<string> = (text) => {
  if (isIP(text) || /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text)) return text;
  throw new Error(`${quoted(text)} is not an IP address or a host name`);
};

/** Reads a name or an address without port, as `canonicalHost` has it. */
export const allowedHost: SettingParser<string> = (text) => {
  const host = canonicalHost(text.replace(/^\[(.*)\]$/, '$1'));
  if (isIP(host) > 0 || HOST_NAME.test(host)) return host;
  throw new Error(
    `${quoted(text)} is not a host; give names or addresses without ports, and commas between them, such as vitals.example.org,*.vitals.svc`,
  );
};

/** Reads an address or a CIDR, as an address with its prefix length. */
export const cidr: SettingParser<string> = (text) => {
  const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = address.includes('%') ? 0 : isIP(address);
  const longest = family === 4 ? 32 : 128;
  const length = prefix === undefined ? longest : Number(prefix);
  if (family !== 0 && length <= longest) return `${address}/${length}`;
  throw new Error(
    `${quoted(text)} is not a valid address range; use CIDRs with commas between them, such as 10.0.0.0/8,fd00::/8, or none`,
  );
};

/** Reads `host:port`, an IPv6 address in brackets. */
export const endpoint: SettingParser<Endpoint> = (text) => {
  const [, bracketed, name, digits] = /^(?:\[([^\]]+)\]|([a-z0-9._-]{1,253})):(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  const isHost = name !== undefined || (bracketed !== undefined && isIP(bracketed) === 6);
  if (isHost && port >= 1 && port <= 65_535) return { host: bracketed ?? (name as string), port };
  throw new Error(
    `${quoted(text)} is not host:port; use names or addresses with their ports and commas between them, such as 192.0.2.1:443,[2001:db8::1]:53`,
  );
};

/** Reads where the database is: the path of a SQLite file, or `:memory:`. */
export const databasePath: SettingParser<string> = (text) => {
  if (/^postgres(ql)?:/.test(text))
    throw new Error(
      'PostgreSQL is not supported by this version; use sqlite:<path>, such as sqlite:./data/vitals.db',
    );
  const path = /^sqlite:(?!\/\/[^/]*@)([^?]+)$/.exec(text)?.[1];
  if (path) return path;
  // any part of it may be a secret
  throw new Error('is not a valid database; use sqlite:<path> or sqlite::memory:, without parameters');
};

/** Reads a log level. */
export const logLevel: SettingParser<LogLevel> = (text) => {
  const level = LOG_LEVELS.find((known) => known === text.toLowerCase());
  if (level) return level;
  throw new Error(`${quoted(text)} is not a level; there are ${LOG_LEVELS.join(', ')}`);
};

/** Whether a text can be sent as a secret, and is as long as it has to be: at most 512 characters. */
export function isSecret(text: string, minLength: number): boolean {
  return text.length >= minLength && text.length <= MAX_SECRET_LENGTH && /^[\x21-\x7e]+$/.test(text);
}

/** The rule of `isSecret`, in words. */
export function secretRule(minLength: number): string {
  return `must be ${minLength} to ${MAX_SECRET_LENGTH} printable ASCII characters without spaces; try: openssl rand -hex 32`;
}

const MAX_SECRET_LENGTH = 512;

/** A value as messages repeat it: without what comes before an `@`, where URLs have names and passwords. */
function quoted(text: string): string {
  return JSON.stringify(text.replace(/^.*@/s, '…@'));
}
