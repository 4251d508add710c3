export { DEFAULT_INTERVALS, IntervalPolicy, type IntervalSettings } from './interval-policy.js';
export { actedOnMs, type Lease, maxAdvertisedMs, noteTold } from './lease.js';
export { type Fleet, LeaseTable } from './lease-table.js';
export type { LeaseView, RecoveredLease, Renewal } from './lease-values.js';
