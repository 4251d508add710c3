import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { OwnedPartitions } from '../cluster/owned.partitions.js';
import type { AnyChange } from '../database/change.js';
import { Database } from '../database/database.js';
import { DelayLog } from '../database/delay.log.js';
import { Journal } from '../database/journal.js';
import { PassedTime } from '../database/passed-time.js';
import { pastForgotten } from '../database/retention.js';
import { Settings } from '../settings/settings.js';

/** How often the past is cut off, in milliseconds. */
const FORGET_EVERY_MS = 3_600_000;

/** Cuts off what is kept no longer of transitions and of the change log; in a cluster the leader does. */
@Injectable()
export class Retention {
  private readonly delay = new DelayLog(new Logger('Retention'), 'the past could not be cut off');

  constructor(
    private readonly journal: Journal,
    private readonly passed: PassedTime,
    private readonly settings: Settings,
    private readonly database: Database,
    private readonly owned: OwnedPartitions,
  ) {}

  @Interval('retention', FORGET_EVERY_MS)
  async forgetPast(): Promise<void> {
    const stamp = this.owned.leaderStamp;
    if (!stamp) return;
    try {
      await this.journal.commitWithin(this.owned.fenced(stamp, () => [this.forgotten()]));
      this.delay.succeeded();
    } catch (error) {
      this.delay.failed(error);
    }
  }

  private forgotten(): AnyChange {
    const nowMs = Math.round(this.passed.nowMs());
    const untilMs = nowMs - this.settings.transitionRetentionMs;
    return pastForgotten({ nowMs, untilMs, isShared: this.database.isShared });
  }
}
