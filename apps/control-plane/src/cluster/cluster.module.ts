import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { IntervalPolicy, Leases, LeaseTable } from '@vitals/core/lease';
import { Clock, RunningClock } from '@vitals/core/time';
import type { Settings } from '../settings/settings.js';
import { ChangeAnnouncer } from './change.announcer.js';
import { Instance } from './cluster.identity.js';
import { ClusterLog } from './cluster-log.js';
import { isClustered, SESSION_MS } from './cluster.times.js';
import { FollowedPartitions } from './followed.partitions.js';
import { openClusterLog } from './open-cluster-log.js';
import { OwnedPartitions, SolePartition } from './owned.partitions.js';
import { PartitionOwners } from './partition.owners.js';

/** A process of its own: one table of leases, and everything is decided here. */
const SOLE: Provider[] = [
  { provide: OwnedPartitions, useClass: SolePartition },
  {
    provide: LeaseTable,
    inject: [RunningClock, IntervalPolicy],
    useFactory: (running: RunningClock, policy: IntervalPolicy) => new LeaseTable(running, policy),
  },
  { provide: Leases, useExisting: LeaseTable },
];

/** One of several instances: what they share is the database, and this log. */
const clustered = ({ kafka }: Settings): Provider[] => [
  Instance,
  {
    provide: ClusterLog,
    inject: [Clock, Instance],
    useFactory: (clock: Clock, { id: instance }: Instance) =>
      openClusterLog(clock, { kafka, instance, sessionMs: SESSION_MS }),
  },
  FollowedPartitions,
  { provide: Leases, inject: [FollowedPartitions], useFactory: ({ leases }: FollowedPartitions) => leases },
  PartitionOwners,
  ChangeAnnouncer,
  { provide: OwnedPartitions, useExisting: PartitionOwners },
];

/** Whether this process is one of several, and what it decides for. */
@Module({})
export class ClusterModule {
  static forRoot(settings: Settings): DynamicModule {
    const sole = [OwnedPartitions, Leases, LeaseTable];
    const shared = [
      OwnedPartitions,
      Leases,
      Instance,
      ClusterLog,
      FollowedPartitions,
      PartitionOwners,
      ChangeAnnouncer,
    ];
    return {
      module: ClusterModule,
      global: true,
      providers: isClustered(settings) ? clustered(settings) : SOLE,
      exports: isClustered(settings) ? shared : sole,
    };
  }
}
