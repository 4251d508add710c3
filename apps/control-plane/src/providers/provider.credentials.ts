import type { StoredCredentials } from '../persistence/change.js';
import { hashToken } from '../security/token.js';

/** The tokens that a provider may show now; none for one that is not registered yet. */
export function credentialsOf(known: StoredCredentials | undefined): StoredCredentials {
  return { tokenHash: known?.tokenHash, previousTokenHash: known?.previousTokenHash };
}

/**
 * The tokens that a provider may show once it was told `token`: that one, and the last one that it has used, for
 * the answer that carries the new one may be lost, and so may the one after it.
 */
export function succeedingCredentials(
  known: StoredCredentials | undefined,
  token: string,
): StoredCredentials {
  return { tokenHash: hashToken(token), previousTokenHash: known?.previousTokenHash ?? known?.tokenHash };
}
