import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { Clock } from '@vitals/core/time';
import type { Change } from '../database/change.js';
import type { RegisteredCheck, RememberedService, StoredService } from '../database/check.change.js';
import type { ServiceNode } from '../api-docs/schemas/services.js';
import { Journal } from '../database/journal.js';
import { Turns } from '../../../../src/commit/turns.js';
import { checkIdOf, shortIdOf } from './check-id.js';
import { RememberedServices } from './remembered.services.js';
import { ServiceChecks } from './service.checks.js';
import { ServiceDirectory } from './service.directory.js';
import { Service } from './service.js';

/** The most nodes that may be registered; each is kept in memory, and its check runs. */
export const MAX_SERVICES = 100_000;

/** What a node says of itself: its address is canonical, as `canonicalAddress` writes it, its protocol in lower case. */
export interface ServiceRegistration extends ServiceNode {
  readonly name?: string;
  readonly check?: RegisteredCheck;
}

/** How a registration is to be taken. */
export interface ServiceTerms {
  /** Whoever asks may only register a node that is not registered yet. */
  readonly onlyNew: boolean;
}

/** Registers and removes nodes, one change of a node at a time. Memory changes only after the store did. */
@Injectable()
export class ServiceRegistry {
  private readonly turns = new Turns();
  /** Nodes that are new and being written. */
  private arriving = 0;

  constructor(
    private readonly directory: ServiceDirectory,
    private readonly checks: ServiceChecks,
    private readonly remembered: RememberedServices,
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  /**
   * Registers a node, or registers it again under its key: it is not critical then, whatever it was. One that does not
   * fail and says what it said before changes nothing: nothing is written, and nobody is told.
   * @throws VitalsError `forbidden` if only a new node may be registered; `overloaded` if there are too many;
   *   `store-unavailable`; whatever the checks refuse
   */
  register(registration: ServiceRegistration, { onlyNew }: ServiceTerms): Promise<Service> {
    return this.inTurn(registration, async (known) => {
      if (known && onlyNew) throw taken(known.id);
      if (known) return this.write(registration, known, known.key);
      return this.arrive(() => this.write(registration, undefined, this.directory.nextKey()));
    });
  }

  /**
   * Restores the node that the id of a check is for, as it was when it was removed for its failures, for it passes.
   * @returns the node; `undefined` if no such node was removed within a day
   * @throws VitalsError `overloaded` if there are too many, `store-unavailable`
   */
  async restore(id: string): Promise<Service | undefined> {
    const node = this.remembered.find(id);
    if (!node) return undefined;
    return this.inTurn(node, async (known) => {
      const before = this.remembered.known(node);
      if (known || !before) return known;
      return this.arrive(async () => {
        const stored = { ...before, key: this.directory.nextKey() };
        const { changes, apply } = this.checks.restore(stored);
        await this.commit([{ kind: 'service', service: stored }, ...changes]);
        return this.add(stored, apply);
      });
    });
  }

  /**
   * Removes a node, or does nothing if it is not registered; either way it is not remembered after that.
   * @throws VitalsError `store-unavailable`, `overloaded`
   */
  deregister(node: ServiceNode): Promise<void> {
    return this.inTurn(node, async (service) => {
      if (!service) {
        if (this.remembered.known(node)) await this.commit([{ kind: 'service-forgotten', node }]);
        return this.remembered.forget(node);
      }
      const { changes, apply } = this.checks.end(service.stored);
      await this.commit(changes.length > 0 ? changes : [{ kind: 'service-removed', key: service.key }]);
      apply();
      this.directory.remove(service);
    });
  }

  /**
   * Removes a node that failed for too long, and remembers it. Called when it is durable that its check is `Removed`;
   * its rows went with that transition, which whoever registers the node again waits for.
   */
  removeFailed(service: Service): void {
    this.directory.remove(service);
    this.remembered.remember(service.stored);
  }

  /** What is to be written of a node that is to be removed for its failures. */
  memoryOf(service: Service): RememberedService {
    return this.remembered.memoryOf(service.stored);
  }

  /** Runs when everything before it of this node has ended, and all that was decided of it is durable. */
  private inTurn<T>(node: ServiceNode, run: (known: Service | undefined) => Promise<T>): Promise<T> {
    return this.turns.take(checkIdOf(node), async () => {
      for (;;) {
        const known = this.directory.known(node);
        await this.journal.settleChecks();
        // it may have been removed while that was awaited, by a decision that is not durable yet
        if (this.directory.known(node) === known) return run(known);
      }
    });
  }

  private async write(
    registration: ServiceRegistration,
    known: Service | undefined,
    key: number,
  ): Promise<Service> {
    const stored: StoredService = { ...registration, key, registeredAtMs: this.clock.wallMs() };
    const { changes, apply } = this.checks.define(stored);
    if (known && changes.length === 0 && this.says(known, registration)) return known;
    const row: Change = { kind: 'service', service: stored };
    // what ends a check takes the row of its node along
    await this.commit(stored.check ? [row, ...changes] : [...changes, row]);
    // it failed for too long while it was written, and that is durable too: it registers as one that is new
    if (known?.removed) return this.write(registration, undefined, key);
    if (!known) return this.add(stored, apply);
    known.registeredAgain(stored);
    apply();
    this.directory.noteChange(known);
    return known;
  }

  private add(stored: StoredService, apply: () => void): Service {
    const service = new Service(stored);
    this.remembered.forget(service);
    this.directory.add(service);
    apply();
    this.directory.noteChange(service);
    return service;
  }

  /** Makes room for a node that is new while it is being written. */
  private async arrive(write: () => Promise<Service>): Promise<Service> {
    this.assertRoom();
    this.arriving++;
    try {
      return await write();
    } finally {
      this.arriving--;
    }
  }

  /** Whether a node says what it said before; of several at one place, the last that registers is the one that is meant. */
  private says(known: Service, { name, check }: ServiceRegistration): boolean {
    const isMeant = this.directory.find(shortIdOf(known)) === known;
    return isMeant && known.name === name && isDeepStrictEqual(known.check, check);
  }

  private async commit(changes: readonly Change[]): Promise<void> {
    const [only] = changes;
    await this.journal.commit(only && changes.length === 1 ? only : { kind: 'together', changes });
  }

  private assertRoom(): void {
    if (this.directory.size + this.arriving < MAX_SERVICES) return;
    throw new VitalsError(
      'overloaded',
      `${MAX_SERVICES} nodes are registered, and there is no room for more; deregister those that are gone`,
    );
  }
}

function taken(id: string): VitalsError {
  return new VitalsError(
    'forbidden',
    `${id} is registered, and a registration token only registers nodes that are new: deregister it first, or use a token that may act for the service`,
  );
}
