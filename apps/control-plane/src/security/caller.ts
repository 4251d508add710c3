import { hash, randomBytes } from 'node:crypto';

/** The rate limit of one identity: a single number. */
export interface Limited {
  /** Monotonic milliseconds at which the allowance will be whole again; 0 at first. */
  nextRequestMs: number;
}

/** The stored tokens of a provider. */
export interface CredentialHolder extends Limited {
  readonly name: string;
  readonly tokenHash: string | undefined;
  /** Of the tokens before that count until a later one is used: oldest first, separated by commas. */
  readonly previousTokenHash: string | undefined;
}

/** Where the tokens of providers are found. */
export abstract class CredentialHolders {
  /** Whoever is registered under the name. */
  abstract find(name: string): CredentialHolder | undefined;

  /** A token of this holder was used for the first time: of those before the newest only these count now. */
  abstract forgetTokensBefore(holder: CredentialHolder, previousTokenHash: string | undefined): void;
}

/**
 * Who asks, and so what may be done. `anonymous`: authentication is off, and everybody may do everything. `visitor`:
 * somebody without a token, where lookups are open.
 */
export type Identity =
  | { readonly kind: 'anonymous' | 'admin' | 'registration' | 'read-only' | 'visitor' }
  | { readonly kind: 'provider'; readonly name: string }
  | { readonly kind: 'gateway'; readonly names: readonly string[] };

/** Whether this identity may speak for a provider of this name. */
export function speaksFor(identity: Identity, name: string): boolean {
  switch (identity.kind) {
    case 'anonymous':
    case 'admin':
      return true;
    case 'provider':
      return identity.name === name;
    case 'gateway':
      return identity.names.some((known) =>
        known.endsWith('*') ? name.startsWith(known.slice(0, -1)) : known === name,
      );
    case 'registration':
    case 'read-only':
    case 'visitor':
      return false;
    default:
      return identity satisfies never;
  }
}

/** Whether no provider at all is spoken for with such a token. */
export function speaksForNobody({ kind }: Identity): boolean {
  return kind === 'registration' || kind === 'read-only' || kind === 'visitor';
}

/** 256 bits: nobody guesses it, so that a fast hash of it is as good as a slow one. */
const SECRET_BYTES = 32;

/** Who a token is of: `p` a provider, by its name; `t` a token that was given out, by its id. */
export type TokenSubject = readonly [kind: 'p' | 't', subject: string];

/** A new token: `v<kind>.<subject>.<secret>`. It names its subject, and only its hash is stored. */
export function createToken([kind, subject]: TokenSubject): string {
  return `v${kind}.${subject}.${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** Whom a token says it is of; `undefined` for one that was not made here. */
export function subjectOf(token: string): TokenSubject | undefined {
  const end = token.lastIndexOf('.');
  if (end < 4 || token[2] !== '.' || token[0] !== 'v') return undefined;
  const kind = token[1];
  return kind === 'p' || kind === 't' ? [kind, token.slice(3, end)] : undefined;
}

/** SHA-256, in base64. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'base64');
}

/** Of hashes that are separated by commas, those from this one on; `undefined` if it is not among them. */
export function fromHashOn(shown: string, hashes: string | undefined): string | undefined {
  if (hashes === undefined) return undefined;
  const all = hashes.split(',');
  const place = all.findIndex((one) => isSameHash(shown, one));
  return place < 0 ? undefined : all.slice(place).join(',');
}

/** Whether two hashes are the same, in a time that does not depend on where they differ. */
export function isSameHash(one: string, other: string | undefined): boolean {
  if (other === undefined || one.length !== other.length) return false;
  let difference = 0;
  for (let index = 0; index < one.length; index++)
    difference |= one.charCodeAt(index) ^ other.charCodeAt(index);
  return difference === 0;
}
