export { DEFAULT_INTERVALS, IntervalPolicy, type IntervalSettings } from './interval-policy.js';
export { actedOnMs, type Lease, maxAdvertisedMs, noteTold } from './lease.js';
export { LeaseTable } from './lease-table.js';
export { Leases } from './leases.js';
export type { Fleet, LeaseView, RecoveredLease, Renewal } from './lease-values.js';
