import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { checkIdOf, type InstancePlace, shortIdOf } from '@vitals/core/check';
import { decidedFirst } from '@vitals/core/commit';
import { VitalsError } from '@vitals/core/errors';
import { Clock } from '@vitals/core/time';
import type { AnyChange } from '../database/change.js';
import { Journal } from '../database/journal.js';
import { RememberedServices } from './remembered.services.js';
import { ServiceDirectory } from './service.directory.js';
import type { ServiceInstance } from './service.instance.js';
import {
  serviceForgotten,
  serviceRegistered,
  type ServiceRegistration,
  serviceRemoved,
  type StoredInstance,
} from './service.rows.js';

/** The most instances that may be registered; each is kept in memory, and its check runs. */
export const MAX_SERVICES = 100_000;
const NO_ROOM = `${MAX_SERVICES} nodes are registered, and there is no room for more; deregister those that are gone`;

/** What the registry asks of whoever checks the instances, so that one and its check become durable together. */
export abstract class ServiceChecks {
  /**
   * The check of an instance that registers, or registers again under the same key: its failures are forgotten then,
   * and it is not critical any more; of one that does not fail only what it says of its check changes, and there are
   * no changes if that is what it said before. For an instance that registers without a check: what ends the one that
   * it had, if it had one; the row of the instance is written after these changes, and before those that define a check.
   * @throws VitalsError for a check that cannot be; nothing is registered then
   */
  abstract define(instance: StoredInstance): readonly AnyChange[];

  /**
   * The check of an instance that was removed because it failed, and says now that it is well: as it was, and Passing
   * if that is all there is to know; where it is probed, Pending, and probed at once.
   */
  abstract restore(instance: StoredInstance): readonly AnyChange[];

  /** What ends the check of an instance that goes, and the instance with it; no changes if it has no check. */
  abstract end(instance: StoredInstance): readonly AnyChange[];

  /**
   * Runs when no change of the instance or of its check goes on, and all that was decided of checks is durable; nothing
   * is decided of its check until that ends.
   * @throws VitalsError `store-unavailable`; whatever `run` throws
   */
  abstract inTurn<T>(instance: InstancePlace, run: () => Promise<T>): Promise<T>;
}

/** Registers and removes instances, one change of an instance at a time. */
@Injectable()
export class ServiceRegistry {
  /** Instances that are new and being written, by the ids of their checks. */
  private readonly arriving = new Set<string>();

  constructor(
    private readonly directory: ServiceDirectory,
    private readonly checks: ServiceChecks,
    private readonly remembered: RememberedServices,
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  /**
   * Registers an instance, or registers it again under its key: it is not critical then, whatever it was. One that does
   * not fail and says what it said before changes nothing: nothing is written, and nobody is told.
   * @param terms `onlyNew`: whoever asks may only register an instance that is not registered yet
   * @throws VitalsError `forbidden` if only a new instance may be registered; `overloaded` if there are too many;
   *   `store-unavailable`; whatever the checks refuse
   */
  register(registration: ServiceRegistration, terms: { onlyNew: boolean }): Promise<ServiceInstance> {
    return this.checks.inTurn(registration, () => this.write(registration, terms));
  }

  /**
   * Restores the instance that the id of a check is for, as it was when it was removed for its failures, for it passes.
   * @returns the instance; `undefined` if no such instance was removed within a day
   * @throws VitalsError `overloaded` if there are too many, `store-unavailable`
   */
  async restore(id: string): Promise<ServiceInstance | undefined> {
    const removed = this.remembered.find(id);
    if (!removed) return undefined;
    return this.checks.inTurn(removed, async () => {
      await this.commit(removed, () => {
        const before = this.remembered.known(removed);
        if (this.directory.known(removed) || !before) return [];
        this.assertRoomFor(removed);
        const stored = { ...before, key: this.directory.nextKey() };
        return [serviceRegistered(stored), ...this.checks.restore(stored)];
      });
      return this.directory.known(removed);
    });
  }

  /**
   * Removes an instance, or does nothing if it is not registered; either way it is not remembered after that.
   * @throws VitalsError `store-unavailable`, `overloaded`
   */
  deregister(place: InstancePlace): Promise<void> {
    return this.checks.inTurn(place, () =>
      this.commit(place, () => {
        const known = this.directory.known(place);
        if (!known) return this.remembered.known(place) ? [serviceForgotten(place)] : [];
        const changes = this.checks.end(known.stored);
        return changes.length > 0 ? changes : [serviceRemoved({ key: known.key })];
      }),
    );
  }

  private async write(
    registration: ServiceRegistration,
    { onlyNew }: { onlyNew: boolean },
  ): Promise<ServiceInstance> {
    await this.commit(registration, () => {
      const known = this.directory.known(registration);
      if (known && onlyNew)
        throw new VitalsError(
          'forbidden',
          `${known.id} is registered, and a registration token only registers nodes that are new: deregister it first, or use a token that may act for the service`,
        );
      if (!known) this.assertRoomFor(registration);
      const key = known?.key ?? this.directory.nextKey();
      const stored: StoredInstance = { ...registration, key, registeredAtMs: this.clock.wallMs() };
      const changes = this.checks.define(stored);
      if (known && changes.length === 0 && this.says(known, registration)) return [];
      const row = serviceRegistered(stored);
      return stored.check ? [row, ...changes] : [...changes, row];
    });
    // if it failed for too long while it was written, and that is durable too, it registers as one that is new
    return this.directory.known(registration) ?? this.write(registration, { onlyNew });
  }

  /** Makes durable what is decided of an instance; what changes nothing, also by what others have committed, is not written. */
  private async commit(place: InstancePlace, decide: () => readonly AnyChange[]): Promise<void> {
    try {
      await this.journal.commitAll(decidedFirst(decide(), decide));
    } finally {
      this.arriving.delete(checkIdOf(place));
    }
  }

  /** Keeps a place for an instance that is new until it is written. @throws VitalsError `overloaded` */
  private assertRoomFor(place: InstancePlace): void {
    this.arriving.add(checkIdOf(place));
    if (this.directory.size + this.arriving.size > MAX_SERVICES) throw new VitalsError('overloaded', NO_ROOM);
  }

  /** Whether an instance says what it said before; of several at one place, the last that registers is the one that is meant. */
  private says(known: ServiceInstance, { name, check }: ServiceRegistration): boolean {
    const isMeant = this.directory.find(shortIdOf(known)) === known;
    return isMeant && known.name === name && isDeepStrictEqual(known.check, check);
  }
}
