import { Injectable } from '@nestjs/common';
import { type ErrorCode, VitalsError } from '@vitals/core/errors';
import { Clock } from '@vitals/core/time';
import { ChangeFollower } from '../database/change.follower.js';
import { Database } from '../database/database.js';
import { UnknownToken } from './authenticator.js';

/** Between the beginnings of two reads that requests ask for, in milliseconds: a flood of them is no flood of reads. */
export const MIN_APART_MS = 50;
/** How long a request waits for what others committed, in milliseconds. */
export const MAX_WAIT_MS = 2_000;

/** Refusals of which memory that is behind may be the reason. A token that is not known is another one. */
const OF_MEMORY: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'forbidden',
  'provider-not-registered',
  'token-not-found',
  'reservation-not-found',
  'check-not-found',
  'service-not-found',
  'mass-failure-not-found',
  'generation-stale',
]);

/**
 * A second judgement of what would be refused, by a copy of memory that has caught up with what other processes
 * committed. A process that shares its database with nobody judges once.
 */
@Injectable()
export class SecondLook {
  private next: Promise<void> | undefined;
  private lastMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly follower: ChangeFollower,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Whether there are others at all. */
  get isNeeded(): boolean {
    return this.database.isShared;
  }

  /** Whether whoever is refused for this reason has to be judged once more. */
  isDue(refusal: unknown): boolean {
    if (!this.database.isShared || !(refusal instanceof VitalsError)) return false;
    return OF_MEMORY.has(refusal.code) || refusal instanceof UnknownToken;
  }

  /**
   * Resolves when everything is applied that was committed before the call. All who call it within 50 ms share one read
   * of the database, and all who call it in one turn.
   * @throws VitalsError `store-unavailable`
   */
  caughtUp(): Promise<void> {
    return (this.next ??= this.read());
  }

  private async read(): Promise<void> {
    const restMs = this.lastMs + MIN_APART_MS - this.clock.monotonicMs();
    await (restMs > 0 ? new Promise<void>((resolve) => void this.clock.after(restMs, resolve)) : undefined);
    // whoever comes from here on waits for the next one
    this.next = undefined;
    this.lastMs = this.clock.monotonicMs();
    await this.withinTime(this.follower.caughtUp());
  }

  private async withinTime(read: Promise<void>): Promise<void> {
    const late = new Promise<never>((_resolve, reject) => {
      const cancel = this.clock.after(MAX_WAIT_MS, () => {
        const detail = 'what other control planes committed cannot be read in time; try again';
        reject(new VitalsError('store-unavailable', detail));
      });
      void read.then(cancel, cancel);
    });
    await Promise.race([read, late]);
  }
}
