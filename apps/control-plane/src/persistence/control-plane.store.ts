import type { DecidedAvailability, RecordedTransition, Transition } from '@vitals/core/lease';
import type { Capacity } from '@vitals/core/placement';

/** What a provider says of itself when it registers. Field names are those of the wire. */
export interface Registration {
  readonly name: string;
  readonly endpoint: string;
  readonly service_type: string;
  readonly schema_version: string;
  readonly display_name?: string;
  readonly operations?: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A registration as it is kept. Times in epoch milliseconds. */
export interface StoredRegistration {
  readonly registration: Registration;
  readonly id: string;
  /** +1 at each registration, so that a replaced instance can be told from its successor. */
  readonly generation: number;
  readonly registeredAtMs: number;
}

/** What a provider has and lends, as it said last. */
export interface StoredInfo {
  readonly capacity: Capacity;
  readonly allocated: Capacity;
  readonly capabilities: readonly string[];
  readonly syncedAtMs: number | undefined;
}

/** What a provider said in its last accepted beat. Times in epoch milliseconds. */
export interface StoredReport {
  readonly phase: string | undefined;
  /** By the provider's own clock. */
  readonly reportedAtMs: number | undefined;
  /** By the clock of the control plane. */
  readonly heardAtMs: number | undefined;
  /** The longest interval that it may be acting on, in milliseconds. */
  readonly toldMs: number;
}

/** All that is kept of a provider. */
export interface StoredProvider extends StoredRegistration {
  readonly info: StoredInfo;
  readonly report: StoredReport;
  readonly availability: DecidedAvailability;
  readonly stateSinceMs: number;
  readonly cordoned: boolean;
  /** Sequence number of its last transition; 0 if it had none. */
  readonly lastSequence: number;
}

/** One thing that has to become durable. */
export type Change =
  | { readonly kind: 'register'; readonly provider: StoredRegistration; readonly info: StoredInfo }
  | { readonly kind: 'info'; readonly name: string; readonly info: StoredInfo }
  | { readonly kind: 'reports'; readonly reports: readonly (StoredReport & { readonly name: string })[] }
  | { readonly kind: 'transition'; readonly transition: Transition }
  | { readonly kind: 'remove'; readonly name: string; readonly transition: Transition };

/** What became of a change: the transition that it recorded, if it recorded one. */
export type Outcome = RecordedTransition | undefined;

/**
 * Where the control plane keeps what must survive it. "Durable" means: survives power loss. One call runs at
 * a time. Every method throws a retryable `VitalsError` `store-unavailable` if the store is away.
 */
export abstract class ControlPlaneStore {
  /** Everything that is kept of the providers, and the number of the last transition. */
  abstract load(): Promise<{ readonly providers: StoredProvider[]; readonly lastSequence: number }>;

  /**
   * Makes all changes durable, or none. A transition is recorded only if its subject still is in its state
   * `from`; otherwise its outcome is `undefined`, for somebody else decided first.
   */
  abstract commit(changes: readonly Change[]): Promise<Outcome[]>;

  /** Up to `limit` transitions with a sequence number above `since`, oldest first. */
  abstract transitions(since: number, limit: number): Promise<RecordedTransition[]>;
}
