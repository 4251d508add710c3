import { Injectable, Logger } from '@nestjs/common';
import { FollowedPartitions } from '../../cluster/followed.partitions.js';
import { OwnedPartitions } from '../../cluster/owned.partitions.js';
import { DelayLog } from '../../database/delay.log.js';
import { Journal } from '../../database/journal.js';
import { providersDecided } from '../../providers/provider.changes.js';
import type { Provider } from '../../providers/provider.js';

/**
 * Returns of providers that nobody has written. Whoever takes a heartbeat writes the return that it is, unless its copy does
 * not know that the provider was found silent, because it cannot read what others commit. So the owner of the partition
 * writes it, once a second record of the log has heartbeats of a provider that still counts as silent.
 */
@Injectable()
export class UnwrittenReturns {
  private readonly delay = new DelayLog(new Logger('Heartbeats'), 'returns of providers wait to be written');
  private readonly heardOnce = new Set<Provider>();
  private readonly writing = new Set<Provider>();

  constructor(
    private readonly partitions: FollowedPartitions,
    private readonly owned: OwnedPartitions,
    private readonly journal: Journal,
  ) {}

  /** Takes the providers of a partition that a record of the log has heartbeats of. */
  note(partition: number, heard: readonly Provider[]): void {
    const due = heard.filter((provider) => this.isDue(provider));
    if (due.length > 0) void this.write(partition, due);
  }

  /** It is gone: nothing of it is written any more. */
  forget(provider: Provider): void {
    this.heardOnce.delete(provider);
  }

  private isDue(provider: Provider): boolean {
    if (provider.lease.state === 'Available') {
      this.heardOnce.delete(provider);
      return false;
    }
    if (this.writing.has(provider)) return false;
    if (this.heardOnce.has(provider)) return true;
    this.heardOnce.add(provider);
    return false;
  }

  /** Never rejects: what could not be written is due again with the next heartbeat. */
  private async write(partition: number, due: readonly Provider[]): Promise<void> {
    const stamp = this.owned.stampOf(partition);
    if (!stamp) return;
    const { leases } = this.partitions.get(partition);
    for (const provider of due) this.writing.add(provider);
    const decide = this.owned.fenced(stamp, () => {
      const returned = due.flatMap((provider) => {
        const transition = provider.removed ? undefined : leases.answer(provider.lease).transition;
        return transition ? [{ ...transition, key: provider.key }] : [];
      });
      return returned.length > 0 ? [providersDecided(returned)] : [];
    });
    try {
      await this.journal.commitWithin(decide);
      this.delay.succeeded();
    } catch (error) {
      this.delay.failed(error);
    } finally {
      for (const provider of due) this.writing.delete(provider);
    }
  }
}
