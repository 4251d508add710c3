import type { AnyChange } from '../src/database/change.js';
import { Feed } from '../src/database/feed.js';
import { providerRegistered } from '../src/providers/provider.changes.js';
import type { Registration, StoredCredentials, StoredInfo } from '../src/providers/provider.rows.js';

const NO_INFO: StoredInfo = { capacity: {}, allocated: {}, capabilities: [], syncedAtMs: undefined };

/** A registration of a provider, as a change. */
export function registered(
  key: number,
  name: string,
  more: {
    readonly generation?: number;
    readonly id?: string;
    readonly info?: StoredInfo;
    readonly registration?: Partial<Registration>;
    readonly credentials?: StoredCredentials;
    readonly registeredAtMs?: number;
  } = {},
) {
  const { generation = 1, id = `id-${name}`, info = NO_INFO, registeredAtMs = 0 } = more;
  const registration = {
    name,
    endpoint: `http://${name}`,
    service_type: 'vm',
    schema_version: '1',
    ...more.registration,
  };
  const credentials = more.credentials ?? { tokenHash: undefined, previousTokenHash: undefined };
  return providerRegistered({
    stored: { key, registration, id, generation, registeredAtMs, ...credentials },
    info,
  });
}

/** Applies changes as if another process had written them. */
export function applyAll(feed: Feed, changes: readonly AnyChange[]): void {
  feed.apply(changes.map((change) => ({ change, number: 1 })));
}
