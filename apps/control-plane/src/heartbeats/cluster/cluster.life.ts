import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Clock } from '@vitals/core/time';
import { AvailabilityState, Health, HealthComponent, HealthStatus } from '@vitals/health';
import { Database } from '../../database/database.js';
import { FollowedHeartbeats } from './followed.heartbeats.js';
import { HeartbeatOutbox } from './heartbeat.outbox.js';
import { AtShutdown } from '../../shutdown/stages.js';
import { ChangeAnnouncer } from '../../cluster/change.announcer.js';
import { Instance, joinCluster } from '../../cluster/cluster.identity.js';
import { ClusterLog } from '../../cluster/cluster-log.js';
import { FollowedPartitions, standstillText } from '../../cluster/followed.partitions.js';
import { PartitionOwners } from '../../cluster/partition.owners.js';

/** How often it is looked whether heartbeats are admitted, before others count on this instance; in milliseconds. */
const LOOK_MS = 50;

/** Takes this process into the cluster, step by step, and out of it; and says how it stands there. */
@Injectable()
@HealthComponent({ name: 'cluster', type: 'pubsub.kafka' })
export class ClusterLife implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger('Cluster');
  private clusterId = '';
  private hasJoined = false;
  private isEnding = false;

  constructor(
    private readonly log: ClusterLog,
    private readonly instance: Instance,
    private readonly owners: PartitionOwners,
    private readonly partitions: FollowedPartitions,
    private readonly heartbeats: FollowedHeartbeats,
    private readonly outbox: HeartbeatOutbox,
    private readonly announcer: ChangeAnnouncer,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly availability: AvailabilityState,
  ) {
    this.availability.target('cluster');
  }

  /** @throws VitalsError `settings-invalid` if database and log belong to two clusters; `store-unavailable` */
  async onModuleInit(): Promise<void> {
    this.clusterId = await joinCluster(this.database, this.log);
  }

  onApplicationBootstrap(): void {
    this.logger.log(`${this.instance.id} joins the cluster ${this.clusterId}: ${this.log.place}`);
    void this.begin();
  }

  /** Nobody may count on this instance before it can read heartbeats, and the log has taken its watermarks. */
  private async begin(): Promise<void> {
    await this.announcer.follow();
    await this.heartbeats.follow();
    this.outbox.start();
    while (!this.isEnding && this.outbox.closed().length > 0)
      await new Promise<void>((resolve) => void this.clock.after(LOOK_MS, resolve));
    if (this.isEnding) return;
    this.owners.begin();
    this.hasJoined = true;
    this.availability.target('cluster').ready();
  }

  @AtShutdown('stop-judging')
  end(): void {
    this.isEnding = true;
  }

  @AtShutdown('checkpoint')
  async close(): Promise<void> {
    await this.log.close();
  }

  @Health({ name: 'cluster', kinds: ['readiness'], external: true })
  check(): HealthStatus {
    const closed = this.outbox.closed();
    const stopped = this.partitions.stopped();
    let status = HealthStatus.named('cluster')
      .withAttribute('instance', this.instance.id)
      .withAttribute('cluster', this.clusterId)
      .withAttribute('members', this.owners.members.length)
      .withAttribute('partitions', this.owners.count)
      .withAttribute('owned', this.owners.owned.length)
      .withAttribute('unwrittenHeartbeats', this.outbox.pending);
    if (stopped) status = status.withAttribute('standstill', standstillText(stopped));
    const fault = this.log.fault();
    if (fault !== undefined) return status.down(`the log of the cluster takes nothing: ${fault}`);
    if (closed.length > 0)
      return status.down(`heartbeats of ${closed.length} partitions cannot be written to the log`);
    return this.hasJoined ? status.up() : status.down('it has not joined the cluster yet');
  }
}
