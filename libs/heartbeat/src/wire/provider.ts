import { failureReason } from '@vitals/core/health';
import { readJson } from '@vitals/core/json';

/** What a provider registers as; members as they are on the wire. */
export interface ProviderRegistration {
  readonly endpoint: string;
  readonly service_type: string;
  readonly schema_version: string;
  readonly display_name?: string;
  readonly operations?: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a provider has and lends: cores or `"500m"`, bytes or `"16GB"`. */
export interface ProviderInfo {
  readonly capacity: Readonly<Record<string, number | string>>;
  readonly allocated?: Readonly<Record<string, number | string>>;
  readonly capabilities?: readonly string[];
}

const NAME = /^[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?$/;

/** What is wrong with the name of a provider, if anything is. */
export function faultOfName(name: unknown): string | undefined {
  if (typeof name === 'string' && NAME.test(name)) return undefined;
  return `${JSON.stringify(name)} is not a valid name: use 1 to 253 of a-z, 0-9, ".", "_" and "-", with a letter or digit at both ends`;
}

/** What is wrong with a token, if anything is: it has to fit into an HTTP header. */
export function faultOfToken(token: string): string | undefined {
  return /^[\x21-\x7e]{1,4096}$/.test(token)
    ? undefined
    : 'a token is one line of printable ASCII characters without spaces';
}

/**
 * What the control plane will read of a value that is sent as JSON, and its text; or why it cannot be sent.
 * @param what what it is called, as `readJson` begins its messages
 * @param refused stands before the reason if it could be written, but would be refused
 */
export function asSent(
  value: unknown,
  what: string,
  refused = '',
): { readonly value: unknown; readonly text: string } | { readonly reason: string } {
  let text: string;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    return { reason: `cannot be written as JSON: ${failureReason(error)}` };
  }
  try {
    return { value: readJson(text, what), text };
  } catch (error) {
    return { reason: `${refused}${failureReason(error)}` };
  }
}

/** The words in which a provider says where it is in its life. */
export const PHASES = ['Starting', 'Ready', 'NotReady', 'Draining', 'Maintenance'] as const;

/** Lifecycle phases that a provider reports. */
export type Phase = (typeof PHASES)[number];

/** Whether this is one of the five words, in their spelling. */
export function isPhase(value: unknown): value is Phase {
  return PHASES.includes(value as Phase);
}
