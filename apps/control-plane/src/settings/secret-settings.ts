import { CHECK_SECRET_NAME } from '@vitals/core/settings';

/** What a secret of a check begins with that is not said, but found in the environment. */
const REFERENCE = 'env:';
/** Other variables may not be referred to: whoever defines a check could send them to a host of their own. */
export const CHECK_SECRET_PREFIX = 'VITALS_CHECK_SECRET_';

/** As many characters as 16 random bytes in hexadecimal; a shorter key can be guessed. */
const MIN_KEY_LENGTH = 32;
const MAX_KEY_LENGTH = 512;
/** The one that encrypts, and those of before. */
const MAX_KEYS = 8;

/** What is kept secret, and with what. */
export interface SecretSettings {
  /** The first one encrypts what is kept of credentials, all of them decrypt it; none: it is kept as it is. */
  readonly keys: readonly string[];
  /** What checks may refer to with `env:NAME`, by the name of the variable. */
  readonly referable: ReadonlyMap<string, string>;
}

/**
 * Reads `VITALS_SECRET_KEY`: one key, or several with commas between them.
 * @throws Error that says what is wrong, and nothing of the keys
 */
export function parseSecretKeys(text: string): readonly string[] {
  if (text === '') return [];
  const keys = text.split(',').map((key) => key.trim());
  if (keys.length > MAX_KEYS) throw new Error(`must be at most ${MAX_KEYS} keys`);
  const isKey = (key: string): boolean =>
    key.length >= MIN_KEY_LENGTH && key.length <= MAX_KEY_LENGTH && /^[\x21-\x7e]+$/.test(key);
  if (!keys.every(isKey)) {
    throw new Error(
      `each key must be ${MIN_KEY_LENGTH} to ${MAX_KEY_LENGTH} printable ASCII characters without spaces; try: openssl rand -hex 32`,
    );
  }
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
