import type { GuardedScope } from './guarded-scope.js';

/** A mass failure began or ended; raised once each. */
export interface MassFailure {
  readonly scope: GuardedScope;
  readonly kind: 'began' | 'ended';
  /** Members that are away at that time. */
  readonly gone: number;
  /** Members that there are, whatever their state; those whose failure was settled are left out. */
  readonly of: number;
}

/** A member as it comes back from the store after a restart; one that was settled does not. */
export interface RecoveredProvider {
  readonly zone: string | undefined;
  /** How long ago it became `Unavailable`, in milliseconds; `undefined` if it is not. */
  readonly unavailableMsAgo: number | undefined;
}

/** A mass failure that went on when the process before ended. */
export interface RecoveredMassFailure {
  readonly scope: GuardedScope;
  /** For how long nobody more had gone, in running milliseconds; the time between the processes left out. */
  readonly quietForMs: number;
}
