import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { StoredCredentials, StoredOrders } from '../../database/change.js';
import { Journal } from '../../database/journal.js';
import { createToken, hashToken } from '../../security/token.js';
import type { Provider } from '../provider.js';
import { commitSuccessor } from '../provider.credentials.js';
import { ProviderDirectory } from '../provider.directory.js';
import { ProviderTurns } from '../provider.turns.js';

/** What operators ask of single providers. Every order throws `provider-not-registered` and `store-unavailable`. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly directory: ProviderDirectory,
    private readonly turns: ProviderTurns,
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
    return this.turns.take(name, async () => {
      const provider = this.directory.get(name);
      const token = createToken(['p', name]);
      const commit = (credentials: StoredCredentials): Promise<unknown> =>
        this.journal.commit({ kind: 'credentials', key: provider.key, credentials });
      if (immediately) {
        const credentials = { tokenHash: hashToken(token), previousTokenHash: undefined };
        await commit(credentials);
        Object.assign(provider, credentials);
      } else Object.assign(provider, await commitSuccessor(provider, token, false, commit));
      return token;
    });
  }

  private order(name: string, order: Partial<StoredOrders>): Promise<Provider> {
    return this.turns.take(name, async () => {
      const provider = this.directory.get(name);
      const orders = { ...provider.orders, ...order };
      if (isDeepStrictEqual(orders, provider.orders)) return provider;
      await this.journal.commit({ kind: 'orders', key: provider.key, orders });
      Object.assign(provider, orders);
      this.directory.noteChange(provider);
      return provider;
    });
  }
}
