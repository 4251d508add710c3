import { Injectable, Logger } from '@nestjs/common';
import { ChangeFollower } from '../database/change.follower.js';
import { DelayLog } from '../database/delay.log.js';
import { type Committed, Feed } from '../database/feed.js';
import { AtShutdown } from '../shutdown/stages.js';
import { Instance } from './cluster.identity.js';
import { ClusterLog, type Following, type ReadRecord } from './cluster-log.js';
import { OwnedPartitions } from './owned.partitions.js';

/**
 * Tells the other instances that something was committed, so that they read it at once, and is told by them. What it was
 * they read from the database: a record that is lost costs them the time to their next look.
 */
@Injectable()
export class ChangeAnnouncer {
  private readonly delay = new DelayLog(
    new Logger('Changes'),
    'commits cannot be announced to the other instances',
  );
  private following: Following | undefined;
  private waiting: Committed | undefined;
  private isAnnouncing = false;

  constructor(
    private readonly log: ClusterLog,
    private readonly instance: Instance,
    private readonly owned: OwnedPartitions,
    private readonly follower: ChangeFollower,
    feed: Feed,
  ) {
    feed.written.subscribe((committed) => {
      this.waiting = committed.at(-1);
      if (!this.isAnnouncing) void this.announce();
    });
  }

  async follow(): Promise<void> {
    this.following = await this.log.follow('changes', {
      from: 'end',
      onRecords: (_partition, records) => {
        if (records.some((record) => !this.isOwn(record))) this.follower.wake();
      },
    });
  }

  @AtShutdown('checkpoint')
  async stop(): Promise<void> {
    await this.following?.stop();
  }

  /** The last commit stands for those before it. */
  private async announce(): Promise<void> {
    this.isAnnouncing = true;
    for (let last = this.waiting; last; last = this.waiting) {
      this.waiting = undefined;
      const { number, change } = last;
      const [transition] = change.kind.transitions?.(change.payload as never).slice(-1) ?? [];
      const key = transition?.subject ?? change.kind.kindName;
      const value = JSON.stringify({ number, sequence: transition?.sequence, instance: this.instance.id });
      try {
        await this.log.append('changes', this.owned.partitionOf(key), [{ key, value }]);
        this.delay.succeeded();
      } catch (error) {
        this.delay.failed(error);
      }
    }
    this.isAnnouncing = false;
  }

  private isOwn({ value }: ReadRecord): boolean {
    return value?.includes(this.instance.id) ?? false;
  }
}
