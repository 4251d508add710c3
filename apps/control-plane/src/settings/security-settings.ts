import { isIP } from 'node:net';
import type { FieldFault } from '@vitals/core/errors';
import { canonicalHost } from '@vitals/core/check';
import { listed } from './listed.js';
import { quoted } from './quoted.js';

/** Who may do what; authentication is on when there is an admin token. */
export interface SecuritySettings {
  readonly adminToken: string | undefined;
  readonly registrationToken: string | undefined;
  /** Whether services may be looked up, and subscribed to, without a token while authentication is on. */
  readonly openLookups: boolean;
  /**
   * Names that requests may be for while authentication is off, besides those of loopback and `HOST`: in lower case,
   * addresses as `canonicalHost` has them; `*.` stands for whatever labels come before.
   */
  readonly allowedHosts: readonly string[];
  /** Requests per second of one identity, in the long run; 0 for no limit. */
  readonly ratePerSecond: number;
  /** Requests that one identity may make at once. */
  readonly rateBurst: number;
}

/**
 * The fewest characters of a token. Nobody who shows a wrong one is slowed down: 16 hexadecimal characters are 64 random
 * bits, which take millions of years at the rate at which this process answers; 8 take two days.
 */
const MIN_TOKEN_LENGTH = 16;
const MAX_TOKEN_LENGTH = 512;

/** A name as DNS and container platforms have it, after the `*.` that stands for more labels. */
const HOST_NAME = /^(\*\.)?[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?$/;

/**
 * Reads a token: whatever can be sent as `Authorization: Bearer` (RFC 6750 section 2.1), and a little more.
 * @throws Error that says what is wrong, and nothing of the token
 */
export function parseToken(text: string): string | undefined {
  if (text === '') return undefined;
  if (/^[\x21-\x7e]+$/.test(text) && text.length >= MIN_TOKEN_LENGTH && text.length <= MAX_TOKEN_LENGTH)
    return text;
  throw new Error(
    `must be ${MIN_TOKEN_LENGTH} to ${MAX_TOKEN_LENGTH} printable ASCII characters without spaces; try: openssl rand -hex 32`,
  );
}

/**
 * Reads `VITALS_ALLOWED_HOSTS`: names and addresses without ports, with commas between them.
 * @throws Error naming what is wrong
 */
export function parseAllowedHosts(text: string): readonly string[] {
  return text === '' ? [] : listed(text).map(parseAllowedHost);
}

/** Reads a setting that is on or off. @throws Error if it is neither */
export function parseFlag(text: string): boolean {
  if (text === '' || text === '0') return false;
  if (text === '1') return true;
  throw new Error(`${quoted(text)} must be 1 for on, or 0 for off`);
}

/** What is wrong with tokens beyond their text: an empty one would turn authentication off without a word. */
export function tokenFaults(
  { adminToken, registrationToken }: SecuritySettings,
  environment: Readonly<Record<string, string | undefined>>,
): FieldFault[] {
  const empty = ['VITALS_ADMIN_TOKEN', 'VITALS_REGISTRATION_TOKEN']
    .filter((name) => environment[name] === '')
    .map((pointer) => ({
      pointer,
      detail: 'is empty; unset it if no token is meant, or give one: openssl rand -hex 32',
    }));
  const fault = (detail: string): FieldFault[] => [
    ...empty,
    { pointer: 'VITALS_REGISTRATION_TOKEN', detail },
  ];
  if (registrationToken === undefined) return empty;
  if (environment['VITALS_ADMIN_TOKEN'] === undefined)
    return fault('has no effect without VITALS_ADMIN_TOKEN; set that too, or unset it');
  return adminToken === registrationToken ? fault('must differ from VITALS_ADMIN_TOKEN') : empty;
}

function parseAllowedHost(text: string): string {
  const host = canonicalHost(text.replace(/^\[(.*)\]$/, '$1'));
  if (isIP(host) > 0 || HOST_NAME.test(host)) return host;
  throw new Error(
    `${quoted(text)} is not a host; give names or addresses without ports, and commas between them, such as vitals.example.org,*.vitals.svc`,
  );
}
