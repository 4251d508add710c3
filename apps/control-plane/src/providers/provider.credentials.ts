import { hashToken } from '../security/caller.js';
import type { StoredCredentials } from './provider.rows.js';

/** The tokens that a provider may show now; none for one that is not registered yet. */
export function credentialsOf(known: StoredCredentials | undefined): StoredCredentials {
  return { tokenHash: known?.tokenHash, previousTokenHash: known?.previousTokenHash };
}

/**
 * The tokens that a provider may show once it was told `token`: that one, the last one that it has used, and those that
 * it was told since, for an answer that carries a token may be lost, or be on its way.
 * @param replacing tokens that were never used end at once: whoever asks may take over nobody who has one
 */
export function successorOf(
  known: StoredCredentials | undefined,
  token: string,
  replacing: boolean,
): StoredCredentials {
  return { tokenHash: hashToken(token), previousTokenHash: stillGood(known, replacing) };
}

/** Whether no token of a provider was ever used: the only answer that told one may have been lost. */
export function hasNeverUsedToken({ previousTokenHash }: StoredCredentials): boolean {
  return previousTokenHash?.split(',', 1)[0] === NEVER_USED;
}

/** In place of the token before the first one; the hash of no token. */
const NEVER_USED = 'never used';
/** Tokens that may be on their way to a provider, next to the last one that it has used. */
const MAX_UNUSED = 3;

/** The last token used, and some that were told since. */
function stillGood(known: StoredCredentials | undefined, replacing: boolean): string {
  if (known?.tokenHash === undefined) return NEVER_USED;
  if (known.previousTokenHash === undefined) return known.tokenHash;
  const [lastUsed, ...unused] = known.previousTokenHash.split(',');
  if (replacing) return lastUsed as string;
  return [lastUsed, ...[...unused, known.tokenHash].slice(-MAX_UNUSED)].join(',');
}
