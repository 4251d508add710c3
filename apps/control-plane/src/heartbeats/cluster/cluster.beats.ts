import { Injectable } from '@nestjs/common';
import type { BeatAnswer } from '@vitals/core/cluster';
import { Turns } from '@vitals/core/commit';
import { VitalsError } from '@vitals/core/errors';
import { Clock } from '@vitals/core/time';
import { FollowedPartitions } from '../../cluster/followed.partitions.js';
import type { AnyChange } from '../../database/change.js';
import { Journal } from '../../database/journal.js';
import { providersDecided, providersReported } from '../../providers/provider.changes.js';
import { ProviderDirectory } from '../../providers/provider.directory.js';
import type { Provider } from '../../providers/provider.js';
import { BeatReceiver, isInOrder, type Received, type Said } from '../beat.receiver.js';
import { HeartbeatOutbox } from './heartbeat.outbox.js';

/**
 * In an instance of a cluster: a beat goes into the log, and counts when it is read from there, here as everywhere. What
 * must survive is committed before the answer; whether that succeeds or not, the provider was heard.
 */
@Injectable()
export class ClusterBeats extends BeatReceiver {
  /** What one provider says is committed in turn: whoever says again what was so before is not passed over meanwhile. */
  private readonly turns = new Turns();

  constructor(
    private readonly directory: ProviderDirectory,
    private readonly partitions: FollowedPartitions,
    private readonly outbox: HeartbeatOutbox,
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {
    super();
  }

  receive(provider: Provider, said: Said): Received {
    const { lease, key } = provider;
    if (!this.outbox.admit(lease.partition)) throw unavailable();
    const answer = this.partitions.leases.copyOf(lease).answer(lease);
    const { nextIntervalSeconds } = answer;
    const heardAtMs = this.clock.wallMs();
    const { reportedAtMs } = said;
    this.outbox.add(lease.partition, { key, toldMs: nextIntervalSeconds * 1_000, reportedAtMs, heardAtMs });
    const isNews =
      (said.inOrder && (said.phase !== provider.phase || this.turns.isTaken(provider.name))) ||
      answer.transition ||
      answer.advertisedMs;
    return { nextIntervalSeconds, writes: isNews ? [this.commit(provider, said, heardAtMs)] : [] };
  }

  private async commit(provider: Provider, said: Said, heardAtMs: number): Promise<void> {
    await this.turns.take(provider.name, () =>
      this.journal.commitWithin(() => this.changesOf(provider, said, heardAtMs)),
    );
  }

  private changesOf(
    provider: Provider,
    { phase, reportedAtMs }: Said,
    heardAtMs: number,
  ): readonly AnyChange[] {
    // @throws VitalsError `provider-not-registered` if it was removed meanwhile
    if (provider.removed) throw replaced(this.directory.get(provider.name));
    const { lease, key, report } = provider;
    const { transition, advertisedMs }: BeatAnswer = this.partitions.leases.copyOf(lease).answer(lease);
    const said = isInOrder(provider.reportedAtMs, reportedAtMs) ? { phase, reportedAtMs } : {};
    const changes: AnyChange[] = [];
    if (advertisedMs !== undefined || (said.phase ?? report.phase) !== report.phase)
      changes.push(
        providersReported([
          { ...report, ...said, heardAtMs, advertisedMs: advertisedMs ?? report.advertisedMs },
        ]),
      );
    if (transition) changes.push(providersDecided([{ ...transition, key }]));
    return changes;
  }
}

/** The heartbeat is in the log under a key that is no more. */
function replaced({ name }: Provider): VitalsError {
  const detail = `${name} was removed and registered again while this heartbeat was written; send it again`;
  return new VitalsError('store-unavailable', detail);
}

function unavailable(): VitalsError {
  const detail =
    'this instance cannot write heartbeats to the log of the cluster now; send it again, to another instance if there is one';
  return new VitalsError('store-unavailable', detail);
}
