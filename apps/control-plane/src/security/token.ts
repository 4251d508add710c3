import { hash, randomBytes } from 'node:crypto';

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
