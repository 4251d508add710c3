import type { RecordedTransition } from '@vitals/core/transition';
import type {
  Change,
  StoredPassedTime,
  StoredProvider,
  StoredRegistration,
  StoredReservation,
  StoredToken,
} from './change.js';
import type { GuardedKind, SettledMember, StoredMassFailure } from './mass-failure.change.js';

/** What is kept beside the providers and the log of transitions. */
export interface StoredState {
  /** How many providers there are. */
  readonly fleetSize: number;
  readonly tokens: readonly StoredToken[];
  readonly reservations: readonly StoredReservation[];
  /** The number of the last transition; 0 if there was none. */
  readonly lastSequence: number;
  /** `undefined` for a database in which none was ever written. */
  readonly passed: StoredPassedTime | undefined;
  /** The newest mass failures, oldest first; of those that go on, all. */
  readonly massFailures: readonly StoredMassFailure[];
  readonly settled: Readonly<Record<GuardedKind, readonly SettledMember[]>>;
}

/** What became of a change: the transitions that it recorded. */
export type Outcome = readonly RecordedTransition[];

/**
 * Where the control plane keeps what must survive it. "Durable" means: survives power loss. One call runs at
 * a time. Every method throws a retryable `VitalsError` `store-unavailable` if the store is away.
 */
export abstract class ControlPlaneStore {
  /** Called once, before anything is written. */
  abstract load(): Promise<StoredState>;

  /**
   * All providers in the order of their names, some at a time: a large fleet is never held twice.
   * @param changesSinceMs transitions from this epoch time on count as recent changes of their provider
   */
  abstract providers(changesSinceMs: number): AsyncIterable<readonly StoredProvider[]>;

  /** What these providers registered, by their keys; those that are gone are left out. */
  abstract registrations(keys: readonly number[]): Promise<ReadonlyMap<number, StoredRegistration>>;

  /** Who is registered under this id. */
  abstract nameOf(id: string): Promise<string | undefined>;

  /**
   * Makes all changes durable, or none. A transition is recorded only if its subject still is in its state
   * `from`; otherwise it is not among the outcome, for somebody else decided first.
   */
  abstract commit(changes: readonly Change[]): Promise<Outcome[]>;

  /** Why nothing can be written to the store now, as far as that can be told without writing, and what to do. */
  fault(): string | undefined {
    return undefined;
  }

  /** Up to `limit` transitions with a sequence number above `since`, oldest first. */
  abstract transitions(since: number, limit: number): Promise<RecordedTransition[]>;

  /** Takes out of what is kept all that was written over or removed: it is nowhere any more. */
  abstract compact(): Promise<void>;

  /** Brings everything that is durable into the file that a backup copies. */
  abstract checkpoint(): Promise<void>;

  /** Lets go of the store; nothing may be asked of it after that. */
  abstract close(): Promise<void>;
}
