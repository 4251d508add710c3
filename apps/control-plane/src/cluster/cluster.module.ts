import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ClusterPolicy } from '@vitals/core/cluster';
import { IntervalPolicy, Leases, LeaseTable } from '@vitals/core/lease';
import { Clock, RunningClock } from '@vitals/core/time';
import type { Settings } from '../settings/settings.js';
import { ChangeAnnouncer } from './change.announcer.js';
import { Instance } from './cluster.identity.js';
import { ClusterLog } from './cluster-log.js';
import { isClustered, SESSION_MS, timesOf } from './cluster.times.js';
import { FollowedPartitions } from './followed.partitions.js';
import { openClusterLog } from './open-cluster-log.js';
import { OwnedPartitions, SolePartition } from './owned.partitions.js';
import { PartitionOwners } from './partition.owners.js';

/** A process of its own: one table of leases, and everything is decided here. */
const sole = ({ intervals }: Settings): Provider[] => [
  { provide: IntervalPolicy, useFactory: () => new IntervalPolicy(intervals) },
  { provide: OwnedPartitions, useClass: SolePartition },
  {
    provide: LeaseTable,
    inject: [RunningClock, IntervalPolicy],
    useFactory: (running: RunningClock, policy: IntervalPolicy) => new LeaseTable(running, policy),
  },
  { provide: Leases, useExisting: LeaseTable },
];

/** One of several instances: what they share is the database, and this log. */
const clustered = (settings: Settings): Provider[] => [
  // deadlines are longer, by what the instances prove to each other
  { provide: IntervalPolicy, useFactory: () => new ClusterPolicy(settings.intervals, timesOf(settings)) },
  Instance,
  {
    provide: ClusterLog,
    inject: [Clock, Instance],
    useFactory: (clock: Clock, { id: instance }: Instance) =>
      openClusterLog(clock, { kafka: settings.kafka, instance, sessionMs: SESSION_MS }),
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
    const either = [IntervalPolicy, Leases, OwnedPartitions];
    const shared = [ChangeAnnouncer, ClusterLog, FollowedPartitions, Instance, PartitionOwners];
    return {
      module: ClusterModule,
      global: true,
      providers: isClustered(settings) ? clustered(settings) : sole(settings),
      exports: [...either, ...(isClustered(settings) ? shared : [LeaseTable])],
    };
  }
}
