export { DEFAULT_INTERVALS, IntervalPolicy, type IntervalSettings } from './interval-policy.js';
export { LeaseTable, type LeaseView, type RecoveredLease, type Renewal } from './lease-table.js';
export {
  type Availability,
  type DecidedAvailability,
  type RecordedTransition,
  type Transition,
  type TransitionState,
} from './transition.js';
