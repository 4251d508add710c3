import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { InstanceIndex, type InstancePlace, placeOf } from '@vitals/core/check';
import { RunningClock } from '@vitals/core/time';
import { OwnedPartitions } from '../cluster/owned.partitions.js';
import { Database } from '../database/database.js';
import { DelayLog } from '../database/delay.log.js';
import { Feed } from '../database/feed.js';
import { Journal } from '../database/journal.js';
import { AtShutdown } from '../shutdown/stages.js';
import {
  readRemembered,
  type RememberedService,
  removedServicesAged,
  serviceForgotten,
  serviceRegistered,
  type StoredInstance,
} from './service.rows.js';

/** How long an instance is remembered that was removed because its check failed, in milliseconds. */
export const REMEMBERED_MS = 86_400_000;

/** The most instances that are remembered; of more, those that were removed first are forgotten. */
export const MAX_REMEMBERED = 10_000;
/** How often it is written how much time has passed, in milliseconds: a crash prolongs the memory by no more. */
const AGE_EVERY_MS = 600_000;

/** An instance that is not registered any more. */
interface Remembered extends InstancePlace {
  readonly registeredAtMs: number;
  readonly stored: StoredInstance;
  /** Milliseconds of the running clock. */
  readonly untilMs: number;
}

/**
 * Instances that were removed because their checks failed for too long: stock clients of light-controller go on sending
 * heartbeats and never register again. Each is kept for a day of time that passed while the control plane ran,
 * whatever the wall clock did; durable with the removal itself.
 */
@Injectable()
export class RememberedServices implements OnModuleInit {
  private readonly delay = new DelayLog(
    new Logger('Services'),
    'the age of removed services waits to be written',
  );
  private readonly instances = new InstanceIndex<Remembered>();
  /** Up to when it is written that time has passed, on the running clock. */
  private agedAtMs: number;

  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly running: RunningClock,
    feed: Feed,
    private readonly owned: OwnedPartitions,
  ) {
    this.agedAtMs = running.nowMs();
    feed.on(serviceRegistered, (instance) => this.forget(instance));
    feed.on(removedServicesAged, () => (this.agedAtMs = running.nowMs()));
    feed.on(serviceForgotten, (place) => this.forget(place));
  }

  /** @throws VitalsError `store-unavailable` */
  async onModuleInit(): Promise<void> {
    for (const { service, leftMs } of await readRemembered(this.database)) this.remember(service, leftMs);
  }

  get size(): number {
    return this.instances.size;
  }

  /** Applies a removal that is durable, when it becomes so and at boot. @param leftMs of the day */
  remember(stored: StoredInstance, leftMs = REMEMBERED_MS): void {
    const { registeredAtMs } = stored;
    this.forget(stored);
    const untilMs = this.running.nowMs() + leftMs;
    this.instances.add({ ...placeOf(stored), registeredAtMs, stored, untilMs });
    for (const oldest of this.instances.values()) {
      if (this.instances.size <= MAX_REMEMBERED) break;
      this.instances.remove(oldest);
    }
  }

  /** What is to be written of an instance that is removed now. */
  memoryOf(service: StoredInstance): RememberedService {
    // what is written when time is written down the next time counts from the last time
    return { service, leftMs: Math.ceil(REMEMBERED_MS + this.running.nowMs() - this.agedAtMs) };
  }

  /** The instance that the id of a check was for, with or without the protocol. */
  find(id: string): StoredInstance | undefined {
    return this.valid(this.instances.find(id));
  }

  /** The instance that had the same place, service and tag. */
  known(place: InstancePlace): StoredInstance | undefined {
    return this.valid(this.instances.known(place));
  }

  /** Makes durable how much time has passed, and what is forgotten by now; in a cluster the leader does. */
  @AtShutdown('stop-judging')
  @Interval('remembered-services', AGE_EVERY_MS)
  async age(): Promise<void> {
    const nowMs = this.running.nowMs();
    const byMs = Math.floor(nowMs - this.agedAtMs);
    if (this.instances.size === 0 || byMs <= 0) {
      // what is removed from here on is written with its whole day
      this.agedAtMs = nowMs;
      return;
    }
    for (const one of this.instances.values()) if (one.untilMs <= nowMs) this.instances.remove(one);
    const stamp = this.owned.leaderStamp;
    if (!stamp) return;
    try {
      const aged = removedServicesAged({ byMs, most: MAX_REMEMBERED });
      await this.journal.commitWithin(this.owned.fenced(stamp, () => [aged]));
      this.delay.succeeded();
    } catch (error) {
      this.delay.failed(error);
    }
  }

  /** It registered, was restored, or was deregistered. */
  private forget(place: InstancePlace): void {
    const known = this.instances.known(place);
    if (known) this.instances.remove(known);
  }

  private valid(known: Remembered | undefined): StoredInstance | undefined {
    return known && known.untilMs > this.running.nowMs() ? known.stored : undefined;
  }
}
