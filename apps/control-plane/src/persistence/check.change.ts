import type { CheckDefinition, CheckStatus, CheckVerdict, ProbeOutcome } from '@vitals/core/check';
import type { Suppression, Transition } from '@vitals/core/transition';

/** Where one instance of a service is reached. */
export interface ServiceNode {
  readonly serviceId: string;
  readonly tag?: string;
  readonly protocol: string;
  /** A host name, an IPv4 or an IPv6 address without brackets. */
  readonly address: string;
  readonly port: number;
}

/** The check of a service as it was registered; durations in milliseconds. */
export interface RegisteredCheck {
  /** Empty for a TTL. */
  readonly healthPath: string;
  readonly tlsSkipVerify: boolean;
  readonly interval: number;
  readonly deregisterCriticalServiceAfter: number;
}

/** A registered node. */
export interface StoredService extends ServiceNode {
  /** The number of the node in the store; never used twice. */
  readonly key: number;
  readonly name?: string;
  /** `undefined` for a node that nobody checks. */
  readonly check?: RegisteredCheck;
  readonly registeredAtMs: number;
}

/** Who defined a check: the registration of a service, the API, or the file of declarations. */
export type CheckSource = 'service' | 'api' | 'file';

/** A check as it is kept. */
export interface StoredCheck {
  /** The number of the check in the store; never used twice. */
  readonly key: number;
  readonly definition: CheckDefinition;
  readonly source: CheckSource;
  /** The service that goes when the check stays critical. */
  readonly serviceKey: number | undefined;
  readonly createdAtMs: number;
}

/** One result of a check: what was found, when (epoch milliseconds), after how long, and the words for it. */
export interface StoredResult {
  readonly atMs: number;
  readonly outcome: ProbeOutcome;
  readonly durationMs: number;
  readonly message: string;
}

/** How far a check has come. Points of time are epoch milliseconds. */
export interface StoredProgress {
  readonly verdict: CheckVerdict;
  readonly successes: number;
  readonly failures: number;
  /** How long it had been failing when it was last looked at, in milliseconds; outages do not count. */
  readonly failingForMs: number | undefined;
  /** When the first failure of the streak was found. */
  readonly failedAtMs: number | undefined;
  readonly executedAtMs: number | undefined;
  readonly executeIntervalMs: number;
  /** Why nobody was told of its last transition, maintenance left aside. */
  readonly suppressed?: Suppression | undefined;
  /** The last results, oldest first. */
  readonly results: readonly StoredResult[];
}

/** The state of a check as it is kept. */
export interface StoredCheckState {
  /** The key of the check. */
  readonly key: number;
  readonly status: CheckStatus;
  readonly sinceMs: number;
  /** `undefined` before the first run. */
  readonly progress: StoredProgress | undefined;
}

/** Of a check, what changes with its runs. */
export interface KeyedProgress {
  readonly key: number;
  readonly progress: StoredProgress;
}

/** How long a node is remembered that was removed because its check failed, in milliseconds. */
export const REMEMBERED_MS = 86_400_000;

/** A node that was removed because its check failed, and for how long it is remembered yet, in milliseconds. */
export interface RememberedService {
  readonly service: StoredService;
  readonly leftMs: number;
}

/**
 * A transition of a check; `Removed` deletes the check, and the service that goes with it. With `remembers` it is for
 * its failures: then nothing is deleted unless the transition is recorded.
 */
export type CheckTransition = Transition & KeyedProgress & { readonly remembers?: RememberedService };

/** How wide a bucket of uptime is. */
export const BUCKET_WIDTHS = ['minute', 'hour', 'day'] as const;

/** One of the widths. */
export type BucketWidth = (typeof BUCKET_WIDTHS)[number];

/** How the runs of a check went within a span of time; counts add up. */
export interface UptimeCounts {
  readonly up: number;
  readonly warning: number;
  readonly down: number;
  /** Sum over the runs that reached the target, in milliseconds. */
  readonly durationMs: number;
}

/** The counts of one bucket, which starts at this epoch time. */
export interface UptimeBucket extends UptimeCounts {
  readonly startMs: number;
}

/** What a store adds to a bucket. */
export interface KeyedBucket extends UptimeBucket {
  readonly key: number;
  readonly width: BucketWidth;
}

/** What of the past is kept no longer. */
export interface PastLimits {
  /** Now, and up to when transitions are cut off; in milliseconds of `PassedTime`. */
  readonly nowPassedMs: number;
  readonly transitionsPassedMs: number;
  /** Buckets that start before these epoch times. */
  readonly bucketsMs: Readonly<Record<BucketWidth, number>>;
}

/** One thing of services and checks that has to become durable. */
export type CheckChange =
  /** A node was registered, or registered again under its key; it is not remembered as a removed one any more. */
  | { readonly kind: 'service'; readonly service: StoredService }
  /** A node without a check is gone. */
  | { readonly kind: 'service-removed'; readonly key: number }
  /** A removed node is not remembered any more. */
  | { readonly kind: 'service-forgotten'; readonly node: ServiceNode }
  /** So much time has passed for removed nodes, of which `most` are remembered: those that were removed last. */
  | { readonly kind: 'remembered-aged'; readonly byMs: number; readonly most: number }
  /**
   * A check is defined, or defined anew; its state begins if it has none: as Pending, or as `begins` says, for a
   * transition that follows in the same write.
   */
  | {
      readonly kind: 'check';
      readonly check: StoredCheck;
      readonly sinceMs: number;
      readonly begins?: 'Removed';
    }
  | { readonly kind: 'check-progress'; readonly progress: readonly KeyedProgress[] }
  | { readonly kind: 'check-transitions'; readonly transitions: readonly CheckTransition[] }
  | { readonly kind: 'uptime'; readonly buckets: readonly KeyedBucket[] }
  | { readonly kind: 'forget-past'; readonly before: PastLimits };
