import { randomUUID } from 'node:crypto';
import { getHeapStatistics } from 'node:v8';
import { Injectable } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { Clock } from '@vitals/core/time';
import { Database } from '../database/database.js';
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
    private readonly database: Database,
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
    return this.directory.turns.take(name, async () => {
      const known = this.directory.find(name);
      const before = known && (await readRegistrations(this.database, [known.key])).get(known.key);
      const isSameClaim = terms.id !== undefined && terms.id === before?.id;
      if (known && terms.onlyNew && !(isSameClaim && hasNeverUsedToken(known))) {
        throw new VitalsError(
          'forbidden',
          `${name} is registered, and a registration token only creates names: use the token of the provider, or remove it first`,
        );
      }
      const id = terms.id ?? before?.id ?? randomUUID();
      return this.withId(name, before?.id, id, () => this.write(registration, id, known, terms));
    });
  }

  private async write(
    registration: Registration,
    id: string,
    known: Provider | undefined,
    { withToken, onlyNew }: RegistrationTerms,
  ): Promise<Registered> {
    const { name } = registration;
    const token = withToken ? createToken(['p', name]) : undefined;
    const stored = {
      key: known?.key ?? this.directory.nextKey(),
      registration,
      id,
      generation: (known?.generation ?? 0) + 1,
      registeredAtMs: this.clock.wallMs(),
      ...(token === undefined ? credentialsOf(known) : successorOf(known, token, onlyNew)),
    };
    await this.journal.commit(providerRegistered({ stored, info: infoOf(registration, known) }));
    return { provider: this.directory.get(name), stored, created: !known, token };
  }

  /** Replaces what is said of its resources; the rest stays. @throws VitalsError `provider-not-registered`, `store-unavailable` */
  updateInfo(
    name: string,
    said: Partial<Omit<StoredInfo, 'syncedAtMs'>>,
  ): Promise<{ readonly syncedAtMs: number }> {
    return this.directory.turns.take(name, async () => {
      const { key, info } = this.directory.get(name);
      const updated = {
        capacity: { ...info.capacity, ...said.capacity },
        allocated: { ...info.allocated, ...said.allocated },
        capabilities: said.capabilities ?? info.capabilities,
        syncedAtMs: this.clock.wallMs(),
      };
      await this.journal.commit(infoUpdated({ key, name, info: updated }));
      return updated;
    });
  }

  /** Runs with an id that nobody else has, or gets meanwhile. */
  private async withId<T>(
    name: string,
    own: string | undefined,
    id: string,
    run: () => Promise<T>,
  ): Promise<T> {
    if (own !== undefined && own !== id) {
      throw new VitalsError(
        'provider-id-conflict',
        `${name} is registered with another id; leave the id out, or remove the provider first`,
      );
    }
    const rival = this.reservedIds.get(id);
    if (rival !== undefined) throw idTaken(id, rival);
    this.reservedIds.set(id, name);
    try {
      const holder = own === undefined ? await readNameOf(this.database, id) : undefined;
      if (holder !== undefined) throw idTaken(id, holder);
      return await run();
    } finally {
      this.reservedIds.delete(id);
    }
  }
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
