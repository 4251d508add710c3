export {
  clusterBoundMs,
  clusterGraceMs,
  ClusterPolicy,
  type ClusterTimes,
  clusterTimes,
} from './cluster-times.js';
export { type PartitionTaken, PartitionEpochs, type Stamp } from './fence.js';
export { FollowedPartition } from './followed-partition.js';
export { FrontGate } from './front-gate.js';
export { type BeatAnswer, type Expiry, LeaseCopy } from './lease-copy.js';
export {
  advanceOwnership,
  awayFrom,
  mayJudge,
  type Ownership,
  type OwnershipEffect,
  type OwnershipEvent,
  type OwnershipPhase,
  type OwnershipStep,
  stampOf,
} from './ownership.js';
export { murmur2, partitionOf } from './partition.js';
export { PartitionedLeases } from './partitioned-leases.js';
export { PartitionClock, type Standstill } from './partition-clock.js';
