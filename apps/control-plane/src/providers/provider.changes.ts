import { changeKind, type KeyedTransition } from '../database/change.js';
import type { Transaction } from '../database/database.js';
import type { Row } from '../database/table.js';
import { decide, record, transitionsKind } from '../database/transition.record.js';
import { hashToken } from '../security/caller.js';
import {
  LEASES,
  PROVIDERS,
  type StoredCredentials,
  type StoredInfo,
  type StoredOperations,
  type StoredRegistration,
  type StoredReport,
} from './provider.rows.js';

/** Which provider a change is of. */
interface Subject {
  readonly key: number;
  readonly name: string;
}

/** When a provider registered, in epoch milliseconds. */
type Registered = Pick<StoredRegistration, 'key' | 'registeredAtMs'>;

const keyOf = ({ key }: { readonly key: number }): readonly number[] => [key];

/** A provider registered, or registered again under its key: a drain that was ordered of its predecessor is over. */
export const providerRegistered = changeKind<{
  readonly stored: StoredRegistration & StoredCredentials;
  readonly info: StoredInfo;
}>('provider-registered', {
  async write(transaction, { stored, info }) {
    const row = { ...stored, name: stored.registration.name, info, drainRequested: false };
    await transaction.put(PROVIDERS, [row], {
      overwrite: [
        ...(['generation', 'registration', 'registeredAtMs', 'info'] as const),
        ...(['tokenHash', 'previousTokenHash', 'drainRequested'] as const),
      ],
    });
    await beginLeases(transaction, [stored]);
  },
  keys: ({ stored }) => [stored.key],
});

/** Providers that have no lease have one that begins with their registration. */
export const leasesBegun = changeKind<readonly Registered[]>('leases-begun', {
  write: beginLeases,
  keys: (registered) => registered.map(({ key }) => key),
});

/** A kind of change that replaces some of what is kept of a provider. */
const replaced = <M extends Partial<Row<typeof PROVIDERS>>>(kindName: string) =>
  changeKind<Subject & M>(kindName, {
    async write(transaction, { name: _name, ...members }) {
      await transaction.patch(PROVIDERS, [members as Partial<Row<typeof PROVIDERS>>]);
    },
    keys: keyOf,
  });

/** A provider may show other tokens from now on. */
export const credentialsReplaced = replaced<StoredCredentials>('provider-credentials-replaced');

/** An operator cordoned or uncordoned a provider, or ordered a drain. */
export const providerOrdered = replaced<StoredOperations>('provider-ordered');

/** A provider has, or lends, other resources. */
export const infoUpdated = replaced<{ readonly info: StoredInfo }>('provider-info-updated');

/** Of the tokens before the newest only these count, as long as that is the newest. */
export const tokenUsed = changeKind<Subject & StoredCredentials>('provider-token-used', {
  async write(transaction, { key, tokenHash, previousTokenHash }) {
    const where = { key, ...(tokenHash !== undefined && { tokenHash }) };
    await transaction.update(PROVIDERS, { previousTokenHash }, where);
  },
  keys: keyOf,
});

/** What providers said in their last beats: buffered, those that are gone are passed over. */
export const reportsWritten = changeKind<readonly StoredReport[]>('provider-reports', {
  async write(transaction, reports) {
    await transaction.patch(LEASES, reports);
  },
});

/** What providers said that must survive, for the other processes too. */
export const providersReported = changeKind<readonly StoredReport[]>('providers-reported', {
  async write(transaction, reports) {
    await transaction.patch(LEASES, reports);
  },
  keys: (reports) => reports.map(({ key }) => key),
});

/** When providers were heard last: buffered, those that are gone are passed over. */
export const providersHeard = changeKind<readonly Pick<StoredReport, 'key' | 'reportedAtMs' | 'heardAtMs'>[]>(
  'providers-heard',
  {
    async write(transaction, heard) {
      await transaction.patch(LEASES, heard);
    },
  },
);

/** Providers became available, or fell silent. */
export const providersDecided = transitionsKind<KeyedTransition>(
  'transitions-of-providers',
  (transaction, transitions) =>
    decide(transaction, transitions, {
      table: LEASES,
      state: 'availability',
      rowOf: ({ key, to, atMs, sequence }) => ({
        key,
        availability: to as 'Available',
        stateSinceMs: atMs,
        lastSequence: sequence,
      }),
    }),
);

/** A provider has ended, from whatever state it was in, and with it the history of its name. */
export const providerRemoved = transitionsKind<KeyedTransition>(
  'provider-removed',
  async (transaction, [removed]) => {
    if (!removed) return [];
    const { key } = removed;
    const [lease] = await transaction.select(LEASES, { members: ['availability'], where: { key } });
    if (!lease) return [];
    await transaction.remove(LEASES, { key });
    await transaction.remove(PROVIDERS, { key });
    return record(transaction, [{ ...removed, from: lease.availability }]);
  },
);

async function beginLeases(transaction: Transaction, registered: readonly Registered[]): Promise<void> {
  const leases = registered.map(({ key, registeredAtMs: stateSinceMs }) => {
    return { key, advertisedMs: 0, availability: 'Unknown', stateSinceMs } as const;
  });
  await transaction.insert(LEASES, leases, { ifMissing: true });
}

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
