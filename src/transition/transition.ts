import type { CheckStatus } from '../check/check-state.js';

/**
 * What the control plane knows of a provider. `Unknown`: registered or recovered, not heard yet. `Suspect`:
 * one beat overdue, derived when read and never a transition. `Unavailable`: its deadline has passed.
 */
export type Availability = 'Unknown' | 'Available' | 'Suspect' | 'Unavailable';

/** The availabilities that are decided once, written durably, and change only by a transition. */
export type DecidedAvailability = Exclude<Availability, 'Suspect'>;

/** `Removed` ends the history of a subject. */
export type TransitionState = DecidedAvailability | CheckStatus | 'Removed';

/** It happened within a maintenance window, or while what the subject depends on is Critical. */
export type Suppression = 'maintenance' | 'parent';

/**
 * A change that was decided and happens exactly once: whoever records it does so on the condition that the
 * subject is still in state `from`.
 */
export interface Transition {
  readonly kind: 'provider' | 'service' | 'component' | 'check';
  readonly subject: string;
  readonly from: TransitionState;
  readonly to: TransitionState;
  /** Why, in words for the person who is woken by it. */
  readonly cause: string;
  /** Epoch milliseconds at which it was decided. */
  readonly atMs: number;
  /** Why nobody is notified of it, although it happened; absent if everybody is. */
  readonly suppressed?: Suppression;
}

/** A transition that is durable. Sequence numbers start at 1 and have no gaps. */
export interface RecordedTransition extends Transition {
  readonly sequence: number;
}
