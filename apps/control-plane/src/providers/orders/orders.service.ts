import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { Journal } from '../../database/journal.js';
import { createToken, hashToken } from '../../security/caller.js';
import type { Provider } from '../provider.js';
import { credentialsReplaced, providerOrdered } from '../provider.changes.js';
import { successorOf } from '../provider.credentials.js';
import { ProviderDirectory } from '../provider.directory.js';
import type { StoredOrders } from '../provider.rows.js';

/** What operators ask of single providers. Every order throws `provider-not-registered` and `store-unavailable`. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly directory: ProviderDirectory,
    private readonly journal: Journal,
  ) {}

  /** Takes a provider out of placement, until `uncordon`. */
  cordon(name: string): Promise<Provider> {
    return this.order(name, { cordoned: true });
  }

  /** Puts a provider back into placement; a drain that was asked of it is asked no more. */
  uncordon(name: string): Promise<Provider> {
    return this.order(name, { cordoned: false, drainRequested: false });
  }

  /** Cordons a provider, and asks it with every answer to drain, until `uncordon` or its next registration. */
  drain(name: string): Promise<Provider> {
    return this.order(name, { cordoned: true, drainRequested: true });
  }

  /**
   * A new token for a provider, told here and never again. The one before is good until this one is used, unless
   * it is to end `immediately`.
   */
  rotateToken(name: string, immediately: boolean): Promise<string> {
    return this.directory.turns.take(name, async () => {
      const provider = this.directory.get(name);
      const token = createToken(['p', name]);
      const credentials = immediately
        ? { tokenHash: hashToken(token), previousTokenHash: undefined }
        : successorOf(provider, token, false);
      await this.journal.commit(credentialsReplaced({ key: provider.key, name, ...credentials }));
      return token;
    });
  }

  private order(name: string, order: Partial<StoredOrders>): Promise<Provider> {
    return this.directory.turns.take(name, async () => {
      const provider = this.directory.get(name);
      const orders = { ...provider.orders, ...order };
      if (isDeepStrictEqual(orders, provider.orders)) return provider;
      await this.journal.commit(providerOrdered({ key: provider.key, name, ...orders }));
      return provider;
    });
  }
}
