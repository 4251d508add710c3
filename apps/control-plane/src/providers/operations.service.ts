import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { Clock } from '@vitals/core/time';
import { Journal } from '../database/journal.js';
import { createToken, CredentialHolders, fromHashOn, hashToken } from '../security/caller.js';
import type { Provider } from './provider.js';
import {
  credentialsReplaced,
  providerOrdered,
  providerRemoved,
  providersDecided,
  successorOf,
  tokenUsed,
} from './provider.changes.js';
import { ProviderDirectory } from './provider.directory.js';
import type { StoredOperations } from './provider.rows.js';

/** What operators ask of single providers, and the tokens that those show. Every operation throws `provider-not-registered` and `store-unavailable`. */
@Injectable()
export class OperationsService extends CredentialHolders {
  constructor(
    private readonly directory: ProviderDirectory,
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {
    super();
  }

  find(name: string): Provider | undefined {
    return this.directory.find(name);
  }

  /** Takes a provider out of placement, until `uncordon`. */
  cordon(name: string): Promise<Provider> {
    return this.change(name, { cordoned: true });
  }

  /** Puts a provider back into placement; a drain that was asked of it is asked no more. */
  uncordon(name: string): Promise<Provider> {
    return this.change(name, { cordoned: false, drainRequested: false });
  }

  /** Cordons a provider, and asks it with every answer to drain, until `uncordon` or its next registration. */
  drain(name: string): Promise<Provider> {
    return this.change(name, { cordoned: true, drainRequested: true });
  }

  /**
   * A new token for a provider, told here and never again. The one before is good until this one is used, unless
   * it is to end `immediately`.
   */
  rotateToken(name: string, immediately: boolean): Promise<string> {
    return this.directory.turns.take(name, async () => {
      const token = createToken(['p', name]);
      await this.journal.commit(() => {
        const provider = this.directory.get(name);
        const credentials = immediately
          ? { tokenHash: hashToken(token), previousTokenHash: undefined }
          : successorOf(provider, token, false);
        return credentialsReplaced({ key: provider.key, name, ...credentials });
      });
      return token;
    });
  }

  /** Ends a provider, and the history of its name. */
  remove(name: string): Promise<void> {
    return this.directory.turns.take(name, async () => {
      await this.journal.settle(providersDecided);
      await this.journal.commit(() => {
        const about = { kind: 'provider', subject: name, key: this.directory.get(name).key } as const;
        const removed = { from: 'Unknown', to: 'Removed', cause: 'removed by request' } as const;
        return providerRemoved([{ ...about, ...removed, atMs: this.clock.wallMs() }]);
      });
    });
  }

  /**
   * Of the tokens before the newest only these count from now on, also after a restart. Written in the turn of the
   * provider: a registration that goes on gives it other tokens, among which is the one that was used.
   */
  forgetTokensBefore(provider: Provider, previousTokenHash: string | undefined): void {
    const { key, name } = provider;
    const used = previousTokenHash?.split(',', 1)[0];
    const isOfNewest = used === undefined;
    const newest = provider.tokenHash;
    provider.previousTokenHash = previousTokenHash;
    if (newest === undefined) return;
    const written = this.directory.turns.take(name, async () => {
      const { tokenHash } = provider;
      if (provider.removed || tokenHash === undefined) return;
      const isNewest = isOfNewest && tokenHash === newest;
      const previous = isNewest ? undefined : fromHashOn(used ?? newest, provider.previousTokenHash);
      if (!isNewest && previous === undefined) return;
      await this.journal.commit(tokenUsed({ key, name, tokenHash, previousTokenHash: previous }));
    });
    // should it not be written, the next use of the token after a restart does it again
    written.catch(() => undefined);
  }

  private change(name: string, changed: Partial<StoredOperations>): Promise<Provider> {
    return this.directory.turns.take(name, async () => {
      await this.journal.commitAll(() => {
        const { key, operations: ordered } = this.directory.get(name);
        const operations = { ...ordered, ...changed };
        return isDeepStrictEqual(operations, ordered) ? [] : [providerOrdered({ key, name, ...operations })];
      });
      return this.directory.get(name);
    });
  }
}
