import { randomUUID } from 'node:crypto';
import { getHeapStatistics } from 'node:v8';
import { Injectable } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { Clock } from '@vitals/core/time';
import type { Reader } from '../database/database.js';
import { Journal } from '../database/journal.js';
import { createToken } from '../security/caller.js';
import { Settings } from '../settings/settings.js';
import type { Provider } from './provider.js';
import {
  credentialsOf,
  hasNeverUsedToken,
  infoUpdated,
  providerRegistered,
  successorOf,
} from './provider.changes.js';
import { ProviderDirectory } from './provider.directory.js';
import {
  readNameOf,
  readRegistrations,
  type Registration,
  type StoredInfo,
  type StoredRegistration,
} from './provider.rows.js';
import { readCapacity } from './provider.schema.js';

/**
 * Of the memory that Node may use, which includes what it keeps for young objects; beyond it there is no room for
 * the work on those who are registered, and Node ends the process well before it is full.
 */
const MAX_OF_HEAP = 0.7;

/** How a registration is to be taken. */
export interface RegistrationTerms {
  /** The id that the provider chose for itself. */
  readonly id?: string | undefined;
  /** Give it a token, in place of the one that it has. */
  readonly withToken: boolean;
  /**
   * Whoever asks may only register a name that is not registered yet; or again with the same id, while no token of
   * it was used: the answer that told the only one may have been lost.
   */
  readonly onlyNew: boolean;
}

/** What became of a registration. */
export interface Registered {
  readonly provider: Provider;
  readonly stored: StoredRegistration;
  readonly created: boolean;
  /** Told here and never again; `undefined` while authentication is off. */
  readonly token: string | undefined;
}

/** Registers providers, and updates what they said of themselves. */
@Injectable()
export class RegistrationService {
  /** Ids of registrations that are being written, and the names that they are for. */
  private readonly reservedIds = new Map<string, string>();

  constructor(
    private readonly directory: ProviderDirectory,
    private readonly journal: Journal,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * Bounds the memory that registrations take: whoever may register may do it without end.
   * @throws VitalsError `overloaded` if the name is new, and there is no room for one more
   */
  assertRoomFor(name: string): void {
    if (this.directory.find(name)) return;
    const { maxProviders } = this.settings;
    if (this.directory.size >= maxProviders) {
      const detail = `${maxProviders} providers are registered, and VITALS_MAX_PROVIDERS allows no more; remove some, or raise it`;
      throw new VitalsError('overloaded', detail);
    }
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    if (used > limit * MAX_OF_HEAP) {
      const detail =
        'there is no memory for another provider; try again later, or give the process more (node --max-old-space-size)';
      throw new VitalsError('overloaded', detail);
    }
  }

  /**
   * Registers a name, or registers it again with the next generation. The token before stays good until the new
   * one is used for the first time: the answer that carries it may be lost.
   * @throws VitalsError `provider-id-conflict` if the name has another id, or the id another name; `forbidden`
   *   if only a new name may be registered; `request-invalid` for amounts that cannot be read;
   *   `store-unavailable`, `overloaded`
   */
  register(registration: Registration, terms: RegistrationTerms): Promise<Registered> {
    const { name } = registration;
    const token = terms.withToken ? createToken(['p', name]) : undefined;
    const claims = new Set<string>();
    return this.directory.turns.take(name, async () => {
      try {
        const { stored } = await this.journal.commit(async (reader) => {
          const known = this.directory.find(name);
          const before = known && (await readRegistrations(reader, [known.key])).get(known.key);
          assertMayRegister(name, known, before?.id, terms);
          const id = terms.id ?? before?.id ?? randomUUID();
          claims.add(id);
          await this.claim(reader, id, name, before?.id);
          return providerRegistered({
            stored: {
              key: known?.key ?? this.directory.nextKey(),
              registration,
              id,
              generation: (known?.generation ?? 0) + 1,
              registeredAtMs: this.clock.wallMs(),
              ...(token === undefined ? credentialsOf(known) : successorOf(known, token, terms.onlyNew)),
            },
            info: infoOf(registration, known),
          });
        });
        return { provider: this.directory.get(name), stored, created: stored.generation === 1, token };
      } finally {
        for (const id of claims) if (this.reservedIds.get(id) === name) this.reservedIds.delete(id);
      }
    });
  }

  /** Replaces what is said of its resources; the rest stays. @throws VitalsError `provider-not-registered`, `store-unavailable` */
  updateInfo(
    name: string,
    said: Partial<Omit<StoredInfo, 'syncedAtMs'>>,
  ): Promise<{ readonly syncedAtMs: number }> {
    return this.directory.turns.take(name, async () => {
      const syncedAtMs = this.clock.wallMs();
      await this.journal.commit(() => {
        const { key, info } = this.directory.get(name);
        const updated = {
          capacity: { ...info.capacity, ...said.capacity },
          allocated: { ...info.allocated, ...said.allocated },
          capabilities: said.capabilities ?? info.capabilities,
          syncedAtMs,
        };
        return infoUpdated({ key, name, info: updated });
      });
      return { syncedAtMs };
    });
  }

  /** Keeps an id that nobody else has, or gets meanwhile. @param own the id that the name has already */
  private async claim(reader: Reader, id: string, name: string, own: string | undefined): Promise<void> {
    if (own !== undefined && own !== id) {
      throw new VitalsError(
        'provider-id-conflict',
        `${name} is registered with another id; leave the id out, or remove the provider first`,
      );
    }
    const rival = this.reservedIds.get(id) ?? name;
    if (rival !== name) throw idTaken(id, rival);
    this.reservedIds.set(id, name);
    const holder = own === undefined ? await readNameOf(reader, id) : undefined;
    if (holder !== undefined) throw idTaken(id, holder);
  }
}

/** @throws VitalsError `forbidden` for who may only register a name that is new, or its own once more */
function assertMayRegister(
  name: string,
  known: Provider | undefined,
  ownId: string | undefined,
  { id, onlyNew }: RegistrationTerms,
): void {
  if (!known || !onlyNew) return;
  const isSameClaim = id !== undefined && id === ownId;
  if (isSameClaim && hasNeverUsedToken(known)) return;
  throw new VitalsError(
    'forbidden',
    `${name} is registered, and a registration token only creates names: use the token of the provider, or remove it first`,
  );
}

function idTaken(id: string, holder: string): VitalsError {
  return new VitalsError(
    'provider-id-conflict',
    `the id ${id} belongs to the provider ${holder}; choose another`,
  );
}

/** Capacity starts from what is stated at registration; an update that came later stays unless it is restated. */
function infoOf({ metadata }: Registration, known: Provider | undefined): StoredInfo {
  const resources = (metadata?.['resources'] ?? {}) as Record<string, unknown>;
  const stated = readCapacity(resources, '/metadata/resources');
  const before = known?.info ?? { capacity: {}, allocated: {}, capabilities: [], syncedAtMs: undefined };
  return { ...before, capacity: { ...before.capacity, ...stated } };
}
