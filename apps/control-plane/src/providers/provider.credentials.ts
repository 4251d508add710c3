import type { StoredCredentials } from '../persistence/change.js';
import { hashToken } from '../security/token.js';

/** The tokens that a provider may show now; none for one that is not registered yet. */
export function credentialsOf(known: StoredCredentials | undefined): StoredCredentials {
  return { tokenHash: known?.tokenHash, previousTokenHash: known?.previousTokenHash };
}

/**
 * Makes durable which tokens a provider may show once it was told `token`: that one, and the last one that it has
 * used, for the answer that carries the new one may be lost, and so may the one after it. A token that is used
 * for the first time while that is being written is the last one used, so that it is written again.
 * @param commit makes tokens durable
 */
export async function commitSuccessor(
  known: StoredCredentials | undefined,
  token: string,
  commit: (credentials: StoredCredentials) => Promise<unknown>,
): Promise<StoredCredentials> {
  const tokenHash = hashToken(token);
  for (;;) {
    const previousTokenHash = lastUsed(known);
    const credentials = { tokenHash, previousTokenHash };
    await commit(credentials);
    if (lastUsed(known) === previousTokenHash) return credentials;
  }
}

/** Whether no token of a provider was ever used: the only answer that told one may have been lost. */
export function hasNeverUsedToken({ previousTokenHash }: StoredCredentials): boolean {
  return previousTokenHash === NEVER_USED;
}

/** In place of the token before the first one; the hash of no token. */
const NEVER_USED = 'never used';

/** The one before, until the newest is used for the first time. */
function lastUsed(known: StoredCredentials | undefined): string {
  return known?.previousTokenHash ?? known?.tokenHash ?? NEVER_USED;
}
