import type { Capacity } from '@vitals/core/placement';
import type { DecidedAvailability } from '@vitals/core/transition';
import { above, atLeast, type Reader, oneOf } from '../database/database.js';
import { flag, integer, json, type Row, table, text } from '../database/table.js';
import { TRANSITIONS } from '../database/transition.record.js';

/** Providers read at a time: of the largest registrations, 16 MiB. */
const PAGE = 250;
/** Transitions that are looked through for those that are recent. */
const MAX_RECENT = 100_000;
const NO_CHANGES: readonly number[] = [];

/** What a provider says of itself when it registers. Field names are those of the wire. */
export interface Registration {
  readonly name: string;
  readonly endpoint: string;
  readonly service_type: string;
  readonly schema_version: string;
  readonly display_name?: string;
  readonly operations?: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Where, below its endpoint, it is asked for its health; it is not asked without. */
  readonly health_path?: string;
}

/** What a provider has and lends, as it said last. */
export interface StoredInfo {
  readonly capacity: Capacity;
  readonly allocated: Capacity;
  readonly capabilities: readonly string[];
  readonly syncedAtMs: number | undefined;
}

/** What changes seldom of providers. Times are epoch milliseconds. */
export const PROVIDERS = table('providers', {
  /** The number of the provider in the database; never used twice. */
  key: integer().key(),
  name: text(),
  id: text(),
  /** +1 at each registration, so that a replaced instance can be told from its successor. */
  generation: integer(),
  registration: json<Registration>(),
  registeredAtMs: integer('registered_at'),
  info: json<StoredInfo>(),
  cordoned: flag(),
  drainRequested: flag(),
  /** Hashes of the tokens that it may show; missing for none. */
  tokenHash: text().optional(),
  /** Of the tokens before that count until a later one is used: oldest first, separated by commas. */
  previousTokenHash: text().optional(),
});

/** What changes with the beats of providers: narrow, so that the beats of many share few pages. */
export const LEASES = table('leases', {
  /** The key of its provider. */
  key: integer().key(),
  phase: text().optional(),
  /** By the provider's own clock. */
  reportedAtMs: integer('reported_at').optional(),
  /** By the clock of the control plane. */
  heardAtMs: integer('heard_at').optional(),
  /** The longest interval that the provider may be acting on. */
  advertisedMs: integer('told_ms'),
  availability: text<DecidedAvailability>(),
  stateSinceMs: integer('state_since'),
  /** Sequence number of its last transition; 0 if it had none. */
  lastSequence: integer(),
});

type ProviderRow = Row<typeof PROVIDERS>;
type LeaseRow = Row<typeof LEASES>;

/** A registration as it is kept. */
export type StoredRegistration = Pick<
  ProviderRow,
  'key' | 'registration' | 'id' | 'generation' | 'registeredAtMs'
>;
/** Hashes of the tokens that a provider may show. */
export type StoredCredentials = Pick<ProviderRow, 'tokenHash' | 'previousTokenHash'>;
/** What an operator ordered of a provider. */
export type StoredOperations = ReturnType<typeof operationsOf>;
/** What a provider said in its last accepted beat, and what it was told. */
export type StoredReport = Pick<LeaseRow, 'key' | 'phase' | 'reportedAtMs' | 'heardAtMs' | 'advertisedMs'>;

/** All that is kept of a provider. */
export interface StoredProvider extends Omit<ProviderRow, 'name'>, LeaseRow {
  /** When its recent transitions were decided, oldest first, in epoch milliseconds. */
  readonly changedAtMs: readonly number[];
  /** Its lease is not in the database: it is taken for never heard. */
  readonly lacksLease: boolean;
}

/** Of a row of a provider, or of more than that. */
export function operationsOf({ cordoned, drainRequested }: Pick<ProviderRow, 'cordoned' | 'drainRequested'>) {
  return { cordoned, drainRequested };
}

/** What every provider that was never heard starts from. */
export const NEVER_HEARD = {
  phase: undefined,
  reportedAtMs: undefined,
  heardAtMs: undefined,
  advertisedMs: 0,
  availability: 'Unknown',
  cordoned: false,
  drainRequested: false,
  lastSequence: 0,
  changedAtMs: [],
  lacksLease: false,
} as const;

/**
 * All providers in the order of their names, some at a time: a large fleet is never held twice.
 * @param changesSinceMs transitions from this epoch time on count as recent changes of their provider
 */
export async function* readProviders(
  database: Reader,
  changesSinceMs: number,
): AsyncGenerator<readonly StoredProvider[]> {
  const changes = await recentChanges(database, changesSinceMs);
  for await (const rows of database.pages(PROVIDERS, 'name', PAGE)) {
    const leases = await database.select(LEASES, { where: { key: oneOf(rows.map(({ key }) => key)) } });
    const leaseOf = new Map(leases.map((lease) => [lease.key, lease]));
    yield rows.map((row) => {
      const lease = leaseOf.get(row.key);
      const changedAtMs = changes.get(row.name) ?? NO_CHANGES;
      if (lease) return { ...row, ...lease, changedAtMs, lacksLease: false };
      return { ...NEVER_HEARD, stateSinceMs: row.registeredAtMs, ...row, changedAtMs, lacksLease: true };
    });
  }
}

/** What these providers registered, by their keys; those that are gone are left out. */
export async function readRegistrations(
  database: Reader,
  keys: readonly number[],
): Promise<ReadonlyMap<number, StoredRegistration>> {
  const members = ['key', 'registration', 'id', 'generation', 'registeredAtMs'] as const;
  const rows = await database.select(PROVIDERS, { members, where: { key: oneOf(keys) } });
  return new Map(rows.map((row) => [row.key, row]));
}

/** Who is registered under this id. */
export async function readNameOf(database: Reader, id: string): Promise<string | undefined> {
  const [row] = await database.select(PROVIDERS, { members: ['name'], where: { id } });
  return row?.name;
}

/** When the transitions since then were decided, by provider; first heartbeats do not count. */
async function recentChanges(database: Reader, sinceMs: number): Promise<Map<string, number[]>> {
  const last = (await database.max(TRANSITIONS, 'sequence')) ?? 0;
  const rows = await database.select(TRANSITIONS, {
    members: ['subject', 'atMs', 'from', 'to'],
    where: { sequence: above(last - MAX_RECENT), atMs: atLeast(sinceMs), kind: 'provider' },
    orderBy: ['sequence'],
  });
  const changes = new Map<string, number[]>();
  for (const { subject, atMs, from, to } of rows) {
    if (from === 'Unknown' && to === 'Available') continue;
    const known = changes.get(subject);
    if (known) known.push(atMs);
    else changes.set(subject, [atMs]);
  }
  return changes;
}
