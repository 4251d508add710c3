import { AvailabilityState } from '@vitals/health';
import type { MemoryClusterLog } from '../../../test/support/memory.cluster-log.js';
import { Instance } from '../src/cluster/cluster.identity.js';
import { ClusterLog } from '../src/cluster/cluster-log.js';
import { HeartbeatsModule } from '../src/heartbeats/heartbeats.module.js';
import { LeasesModule } from '../src/leases/leases.module.js';
import { MassFailuresModule } from '../src/mass-failures/mass-failures.module.js';
import { ProviderHealthStage } from '../src/provider-health/provider-health.module.js';
import type { SharedMemoryDatabase } from './shared.memory.database.js';
import type { PlaneOptions } from './test-plane.js';

/** What every instance of a cluster consists of. */
export const INSTANCE_MODULES = [HeartbeatsModule, ProviderHealthStage, MassFailuresModule, LeasesModule];

/** What makes a plane an instance of a cluster, over a log and a database in memory. */
export function instanceOptions(log: MemoryClusterLog, store: SharedMemoryDatabase) {
  return {
    store,
    settings: { kafka: { brokers: [{ host: 'kafka', port: 9_092 }], partitions: log.partitions } },
    providers: [AvailabilityState],
    overrides: [
      [ClusterLog, log],
      [Instance, { id: log.instance }],
    ],
  } satisfies PlaneOptions;
}
