import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { RunningClock } from '@vitals/core/time';
import { SESSION_MS } from '../../cluster/cluster.times.js';
import { ChangeFollower } from '../../database/change.follower.js';

/** How often it is looked whether what is committed can be read, in milliseconds. */
const LOOK_EVERY_MS = 500;
/** A copy that is older than this may lack passes, in milliseconds. */
const MAX_LAG_MS = 2_000;

/**
 * How much later than in one process the silence of a TTL is judged, in milliseconds: an instance that dies may have
 * refused a pass, or taken it along, and within this time the group says that it is dead.
 */
export const SILENCE_GRACE_MS = SESSION_MS + MAX_LAG_MS;

/**
 * Since when the messages of TTLs are heard without a gap: a silence that began before is one of the cluster. It begins
 * anew while the store does not answer, and whenever an instance, which may have heard something, is gone.
 */
@Injectable()
export class HeardSince {
  private sinceMs: number;

  constructor(
    private readonly follower: ChangeFollower,
    private readonly clock: RunningClock,
  ) {
    this.sinceMs = clock.nowMs();
  }

  /** Milliseconds of the running clock. */
  get ms(): number {
    this.look();
    return this.sinceMs;
  }

  /** Something may not have been heard until now. */
  interrupt(): void {
    this.sinceMs = this.clock.nowMs();
  }

  @Interval('heard-since', LOOK_EVERY_MS)
  look(): void {
    if (this.follower.lagMs > MAX_LAG_MS) this.interrupt();
  }
}
