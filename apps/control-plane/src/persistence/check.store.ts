import type { RecordedTransition } from '@vitals/core/transition';
import type {
  BucketWidth,
  RememberedService,
  StoredCheck,
  StoredCheckState,
  StoredService,
  UptimeBucket,
} from './check.change.js';

/** A check and its state. */
export interface CheckRecord {
  readonly check: StoredCheck;
  readonly state: StoredCheckState;
}

/** A part of a history that is read page by page. */
export interface HistoryPage {
  /** Only what has a sequence number below this one; `undefined` for the newest. */
  readonly before: number | undefined;
  readonly limit: number;
}

/**
 * Reads what is kept of services and checks; written it is with everything else, by `ControlPlaneStore.commit`.
 * Every method throws a retryable `VitalsError` `store-unavailable` if the store is away.
 */
export abstract class CheckStore {
  /** All nodes by their keys, some at a time. */
  abstract services(): AsyncIterable<readonly StoredService[]>;

  /** Nodes that were removed because their checks failed, those first that were removed first. */
  abstract remembered(): Promise<readonly RememberedService[]>;

  /** All checks by their keys, some at a time. */
  abstract checks(): AsyncIterable<readonly CheckRecord[]>;

  /** Transitions of services and checks with this id, newest first. */
  abstract transitionsOf(subject: string, page: HistoryPage): Promise<RecordedTransition[]>;

  /** The buckets of a check from one epoch time to before another, oldest first; empty ones are left out. */
  abstract uptime(key: number, width: BucketWidth, fromMs: number, toMs: number): Promise<UptimeBucket[]>;
}
