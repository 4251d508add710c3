export { DEFAULT_INTERVALS, IntervalPolicy, type IntervalSettings } from './interval-policy.js';
export { type Lease, maxAdvertisedMs } from './lease.js';
export { LeaseTable } from './lease-table.js';
export type { LeaseView, RecoveredLease, Renewal } from './lease-values.js';
export { DEFAULT_MASS_FAILURE, type GuardedScope, type MassFailureSettings } from './guarded-scope.js';
export type { MassFailure, RecoveredMassFailure, RecoveredProvider } from './mass-failure.js';
export { MassFailureGuard } from './mass-failure-guard.js';
