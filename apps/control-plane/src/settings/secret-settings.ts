import { CHECK_SECRET_NAME } from '@vitals/core/settings';

/** How the secret of a check begins that is a reference to the environment. */
const REFERENCE = 'env:';
/** Other variables may not be referred to: whoever defines a check could send them to a host of their own. */
export const CHECK_SECRET_PREFIX = 'VITALS_CHECK_SECRET_';

/**
 * The fewest characters of a token. Nobody who shows a wrong one is slowed down: 16 hexadecimal characters are 64 random
 * bits, which take millions of years at the rate at which this process answers; 8 take two days.
 */
const MIN_TOKEN_LENGTH = 16;
/** As many characters as 16 random bytes in hexadecimal; a shorter key can be guessed. */
const MIN_KEY_LENGTH = 32;
const MAX_SECRET_LENGTH = 512;
/** The one that encrypts, and earlier ones. */
const MAX_KEYS = 8;

/**
 * Reads a token: whatever can be sent as `Authorization: Bearer` (RFC 6750 section 2.1), and a little more.
 * @throws Error that says what is wrong, and nothing of the token
 */
export function parseToken(text: string): string | undefined {
  if (text === '' || isSecret(text, MIN_TOKEN_LENGTH)) return text || undefined;
  throw new Error(secretRule(MIN_TOKEN_LENGTH));
}

/**
 * Reads `VITALS_SECRET_KEY`: one key, or several with commas between them.
 * @throws Error that says what is wrong, and nothing of the keys
 */
export function parseSecretKeys(text: string): readonly string[] {
  if (text === '') return [];
  const keys = text.split(',').map((key) => key.trim());
  if (keys.length > MAX_KEYS) throw new Error(`must be at most ${MAX_KEYS} keys`);
  if (!keys.every((key) => isSecret(key, MIN_KEY_LENGTH)))
    throw new Error(`each key ${secretRule(MIN_KEY_LENGTH)}`);
  if (new Set(keys).size < keys.length) throw new Error('must not name a key twice');
  return keys;
}

/** The variables of an environment that checks may refer to; an empty one counts as unset. */
export function referableIn(
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> {
  const entries = Object.entries(environment).filter(
    (entry): entry is [string, string] => CHECK_SECRET_NAME.test(entry[0]) && Boolean(entry[1]),
  );
  return new Map(entries);
}

/** Whether a secret is a reference to the environment: it is none itself, and may be shown. */
export function isReference(secret: unknown): secret is string {
  return typeof secret === 'string' && secret.startsWith(REFERENCE);
}

/** The name of the variable that a reference is to; `undefined` for one that may not be referred to. */
export function referredName(reference: string): string | undefined {
  const name = reference.slice(REFERENCE.length);
  return CHECK_SECRET_NAME.test(name) ? name : undefined;
}

/** Whether a text can be sent as a secret, and is as long as it has to be. */
function isSecret(text: string, minLength: number): boolean {
  return text.length >= minLength && text.length <= MAX_SECRET_LENGTH && /^[\x21-\x7e]+$/.test(text);
}

/** The rule of `isSecret`, in words. */
function secretRule(minLength: number): string {
  return `must be ${minLength} to ${MAX_SECRET_LENGTH} printable ASCII characters without spaces; try: openssl rand -hex 32`;
}
