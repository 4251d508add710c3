import type { InstancePlace } from '@vitals/core/check';
import { changeKind } from '../database/change.js';
import { atMost, oneOf, type Reader, type Transaction } from '../database/database.js';
import { integer, json, type Row, table, text } from '../database/table.js';

/** The check of a service as it was registered; durations in milliseconds. */
export interface RegisteredCheck {
  /** Empty for a TTL. */
  readonly healthPath: string;
  readonly tlsSkipVerify: boolean;
  readonly interval: number;
  readonly deregisterCriticalServiceAfter: number;
}

/** What an instance says of itself: its address is canonical, as `canonicalAddress` writes it, its protocol in lower case. */
export interface ServiceRegistration extends InstancePlace {
  readonly name?: string;
  /** `undefined` for an instance that nobody checks. */
  readonly check?: RegisteredCheck;
}

/** A registered instance. */
export interface StoredInstance extends ServiceRegistration {
  /** The number of the instance in the database; never used twice. */
  readonly key: number;
  /** Epoch milliseconds. */
  readonly registeredAtMs: number;
}

/** An instance that was removed because its check failed, and for how long it is remembered yet, in milliseconds. */
export interface RememberedService {
  readonly service: StoredInstance;
  readonly leftMs: number;
}

/** Registered instances. */
export const SERVICES = table('services', {
  key: integer().key(),
  /** Its place, whether it is checked or not. */
  id: text(),
  node: json<ServiceRegistration>(),
  registeredAtMs: integer('registered_at'),
});

/** Instances whose checks failed for too long. */
export const REMOVED_SERVICES = table('removed_services', {
  /** Grows from one removal to the next. */
  removal: integer().key(),
  /** That of the instance, as in `services`. */
  id: text(),
  node: json<ServiceRegistration>(),
  registeredAtMs: integer('registered_at'),
  leftMs: integer(),
});

/** An instance was registered, or registered again under its key; it is not remembered as a removed one any more. */
export const serviceRegistered = changeKind<StoredInstance>('service-registered', {
  async write(transaction, instance) {
    const { key } = instance;
    const row = rowOf(instance);
    await transaction.put(SERVICES, [{ key, ...row }], { overwrite: ['node', 'registeredAtMs'] });
    await transaction.remove(REMOVED_SERVICES, { id: row.id });
  },
  keys: ({ key }) => [key],
});

/** An instance without a check is gone. */
export const serviceRemoved = changeKind<Pick<StoredInstance, 'key'>>('service-removed', {
  write: (transaction, { key }) => transaction.remove(SERVICES, { key }),
  keys: ({ key }) => [key],
});

/** A removed instance is not remembered any more. */
export const serviceForgotten = changeKind<InstancePlace>('service-forgotten', {
  write: (transaction, place) => transaction.remove(REMOVED_SERVICES, { id: idOf(place) }),
  keys: (place) => [idOf(place)],
});

/** So much time has passed for removed instances, of which `most` are remembered: those that were removed last. */
export const removedServicesAged = changeKind<{ readonly byMs: number; readonly most: number }>(
  'removed-services-aged',
  {
    async write(transaction, { byMs, most }) {
      await transaction.increase(REMOVED_SERVICES, 'leftMs', -byMs);
      await transaction.remove(REMOVED_SERVICES, { leftMs: atMost(0) });
      const oldest = await transaction.select(REMOVED_SERVICES, {
        members: ['removal'],
        orderBy: ['leftMs', 'removal'],
        descending: true,
        offset: most,
      });
      if (oldest.length === 0) return;
      await transaction.remove(REMOVED_SERVICES, { removal: oneOf(oldest.map(({ removal }) => removal)) });
    },
    keys: ({ byMs }) => [byMs],
  },
);

/** Keeps instances in mind that are being removed for their failures. */
export async function remember(transaction: Transaction, remembered: RememberedService[]): Promise<void> {
  // one by one, for each is a removal of its own
  for (const { service, leftMs } of remembered)
    await transaction.put(REMOVED_SERVICES, [{ ...rowOf(service), leftMs }], { by: ['id'] });
}

/** Instances that are remembered, those first that were removed first. */
export async function readRemembered(database: Reader): Promise<RememberedService[]> {
  const rows = await database.select(REMOVED_SERVICES, { orderBy: ['leftMs', 'removal'] });
  return rows.map(({ leftMs, ...row }) => ({ service: instanceOf({ ...row, key: 0 }), leftMs }));
}

/** An instance as it was before it was written. */
export function instanceOf({ key, node, registeredAtMs }: Omit<Row<typeof SERVICES>, 'id'>): StoredInstance {
  return { ...node, key, registeredAtMs };
}

function rowOf({ key: _key, registeredAtMs, ...node }: StoredInstance): Omit<Row<typeof SERVICES>, 'key'> {
  return { id: idOf(node), node, registeredAtMs };
}

/** Unique for an instance, whether it is checked or not. */
function idOf({ serviceId, tag, protocol, address, port }: InstancePlace): string {
  return JSON.stringify([serviceId, tag ?? null, protocol, address, port]);
}
