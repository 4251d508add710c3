export { DEFAULT_INTERVALS, IntervalPolicy, type IntervalSettings } from './interval-policy.js';
export { type Lease, maxAdvertisedMs } from './lease.js';
export { LeaseTable } from './lease-table.js';
export type { LeaseView, RecoveredLease, Renewal } from './lease-values.js';
