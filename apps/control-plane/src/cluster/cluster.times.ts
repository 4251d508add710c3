import { type ClusterTimes, clusterTimes } from '@vitals/core/cluster';
import type { Settings } from '../settings/settings.js';

/** After so long without a sign of life the groups give up an instance, in milliseconds; brokers refuse less. */
export const SESSION_MS = 6_000;

/** Whether this process is one of several instances. */
export function isClustered({ kafka }: Settings): boolean {
  return kafka.brokers.length > 0;
}

/**
 * The intervals of a cluster. They must be the same on all instances, whatever their number is: those for as many instances
 * as there are partitions, for more of them own nothing.
 */
export function timesOf({ kafka: { partitions } }: Settings): ClusterTimes {
  return clusterTimes(partitions, partitions, SESSION_MS);
}
