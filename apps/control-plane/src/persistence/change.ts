import type { DecidedAvailability, Transition } from '@vitals/core/transition';
import type { Capacity } from '@vitals/core/placement';
import type { CheckChange } from './check.change.js';
import type { MassFailureChange } from './mass-failure.change.js';

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
  /** Where, below its endpoint, it is asked for its health; it is not asked without. */
  readonly health_path?: string;
}

/** A registration as it is kept. Times in epoch milliseconds. */
export interface StoredRegistration {
  /** The number of the provider in the store; never used twice. */
  readonly key: number;
  readonly registration: Registration;
  readonly id: string;
  /** +1 at each registration, so that a replaced instance can be told from its successor. */
  readonly generation: number;
  readonly registeredAtMs: number;
}

/** Hashes of the tokens that a provider may show; `undefined` for none. */
export interface StoredCredentials {
  readonly tokenHash: string | undefined;
  /** Of the tokens before that count until a later one is used: oldest first, separated by commas. */
  readonly previousTokenHash: string | undefined;
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
  readonly advertisedMs: number;
}

/** What an operator asked of a provider. */
export interface StoredOrders {
  readonly cordoned: boolean;
  readonly drainRequested: boolean;
}

/** All that is kept of a provider. */
export interface StoredProvider extends StoredRegistration, StoredCredentials, StoredReport, StoredOrders {
  readonly info: StoredInfo;
  readonly availability: DecidedAvailability;
  readonly stateSinceMs: number;
  /** Sequence number of its last transition; 0 if it had none. */
  readonly lastSequence: number;
  /** When its recent transitions were decided, oldest first, in epoch milliseconds. */
  readonly changedAtMs: readonly number[];
}

/** A token that an administrator gave out. */
export interface StoredToken {
  readonly id: string;
  readonly kind: 'gateway' | 'read-only';
  /** Whom a gateway may speak for: names, or beginnings of names that end in `*`. */
  readonly names: readonly string[];
  readonly description: string;
  readonly hash: string;
  readonly createdAtMs: number;
}

/** Resources of a provider that are held for a caller. */
export interface StoredReservation {
  readonly id: string;
  /** Name of the provider. */
  readonly provider: string;
  readonly resources: Capacity;
  readonly confirmed: boolean;
  /** Epoch milliseconds at which it ends unless it was confirmed; for people. */
  readonly expiresAtMs: number;
  /** The same in milliseconds of `PassedTime`, which decides; `undefined` in rows of before there was one. */
  readonly expiresPassedMs: number | undefined;
  readonly createdAtMs: number;
}

/** What is kept of the time that has passed; see `PassedTime`. */
export interface StoredPassedTime {
  /** Running time of all control planes on this database, in milliseconds. */
  readonly totalMs: number;
  /** How far the wall clock has been seen to go, in epoch milliseconds. */
  readonly shownMs: number;
}

/** A transition and the key of its provider. */
export type KeyedTransition = Transition & { readonly key: number };

/** One thing that has to become durable. */
export type Change =
  | {
      readonly kind: 'register';
      readonly provider: StoredRegistration & StoredCredentials;
      readonly info: StoredInfo;
    }
  | { readonly kind: 'credentials'; readonly key: number; readonly credentials: StoredCredentials }
  /** Of the tokens before this one only these count, if it still is the newest. */
  | ({ readonly kind: 'token-used'; readonly key: number } & StoredCredentials)
  | { readonly kind: 'orders'; readonly key: number; readonly orders: StoredOrders }
  | { readonly kind: 'info'; readonly key: number; readonly info: StoredInfo }
  | { readonly kind: 'reports'; readonly reports: readonly (StoredReport & { readonly key: number })[] }
  | { readonly kind: 'transitions'; readonly transitions: readonly KeyedTransition[] }
  | { readonly kind: 'remove'; readonly transition: KeyedTransition }
  | { readonly kind: 'token-given'; readonly token: StoredToken }
  | { readonly kind: 'token-revoked'; readonly id: string }
  | { readonly kind: 'reservation'; readonly reservation: StoredReservation }
  | { readonly kind: 'reservation-ended'; readonly id: string }
  | CheckChange
  | MassFailureChange
  | { readonly kind: 'passed'; readonly passed: StoredPassedTime }
  /** Several that become durable together, or not at all, in this order. */
  | { readonly kind: 'together'; readonly changes: readonly Change[] };
