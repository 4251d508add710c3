import { Injectable, Logger } from '@nestjs/common';
import type { Expiry, Stamp } from '@vitals/core/cluster';
import { Clock } from '@vitals/core/time';
import { FollowedPartitions } from '../cluster/followed.partitions.js';
import { OwnedPartitions } from '../cluster/owned.partitions.js';
import { DelayLog } from '../database/delay.log.js';
import { Journal } from '../database/journal.js';
import { SilenceEvidence } from '../provider-health/provider.polls.js';
import { providersDecided } from '../providers/provider.changes.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { SilenceJudge } from './silence.judge.js';

/** What could not be written is looked for again after so long, in milliseconds. */
const RETRY_MS = 1_000;

/**
 * In an instance of a cluster: decides for the partitions that it owns. A decision carries the stamp of its owner, is made
 * once more within the transaction, and changes nothing before it is committed.
 */
@Injectable()
export class PartitionJudge extends SilenceJudge {
  private readonly delay = new DelayLog(
    new Logger('Leases'),
    'transitions of providers wait to be written',
    'error',
  );
  private waitsUntilMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly partitions: FollowedPartitions,
    private readonly owned: OwnedPartitions,
    private readonly directory: ProviderDirectory,
    private readonly journal: Journal,
    private readonly evidence: SilenceEvidence,
    private readonly clock: Clock,
  ) {
    super();
  }

  judge(limit: number): number {
    if (this.clock.monotonicMs() < this.waitsUntilMs) return 0;
    let most = 0;
    for (const [partition, { leases }] of this.partitions.all.entries()) {
      const stamp = this.owned.stampOf(partition);
      const expiries = stamp ? leases.findExpired(limit) : [];
      if (stamp && expiries.length > 0) void this.commit(stamp, expiries);
      most = Math.max(most, expiries.length);
    }
    return most;
  }

  /** Never rejects. */
  private async commit(stamp: Stamp, expiries: readonly Expiry[]): Promise<void> {
    const { leases } = this.partitions.get(stamp.partition);
    const decide = this.owned.fenced(stamp, () => {
      const silent = expiries.flatMap(({ lease, transition }) => {
        const provider = this.directory.find(transition.subject);
        if (provider?.lease !== lease || !leases.isExpired(lease)) return [];
        return [
          { ...transition, cause: transition.cause + this.evidence.of(provider.name), key: provider.key },
        ];
      });
      return silent.length > 0 ? [providersDecided(silent)] : [];
    });
    try {
      await this.journal.commitWithin(decide);
      this.delay.succeeded();
    } catch (error) {
      this.delay.failed(error);
      this.waitsUntilMs = this.clock.monotonicMs() + RETRY_MS;
    } finally {
      leases.putBack(expiries.map(({ lease }) => lease));
    }
  }
}
