import type { GuardedScope } from './guarded-scope.js';

/** Whose failures are told from those of masses: providers that fall silent, or the checks of services. */
export type GuardedKind = 'provider' | 'service';

/**
 * Why a mass failure ended: enough are back or gone for good, its time was over, or an operator said so. The last
 * two settle those that are away: consequences for them wait no longer. The one of everything may end by that of a
 * zone: `settled`, for too few are away besides those.
 */
export type MassFailureEnding = 'recovery' | 'time' | 'acknowledgement' | 'settled';

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
export interface RecoveredMember {
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

/** How a mass failure has ended, in words. */
export const ENDINGS: Readonly<Record<MassFailureEnding, string>> = {
  recovery: 'has ended by recovery',
  time: 'has ended by time',
  acknowledgement: 'has ended by acknowledgement',
  settled: 'has ended, for those of another one that has ended are settled',
};

/** The scope of a zone, or of everything without one. */
export function scopeOf(zone: string | undefined): GuardedScope {
  return zone === undefined ? 'fleet' : { zone };
}

/** The zone of a scope; `undefined` for everything. */
export function zoneOf(scope: GuardedScope): string | undefined {
  return scope === 'fleet' ? undefined : scope.zone;
}

/** What goes on, in words: `10 of 14 providers of zone west have missed their deadlines`. */
export function massFailureText({ scope, gone, of }: MassFailure, kind: GuardedKind): string {
  const zone = zoneOf(scope);
  if (kind === 'provider') {
    return `${gone} of ${of} providers of ${zone === undefined ? 'the fleet' : `zone ${zone}`} have missed their deadlines`;
  }
  return `${gone} of ${of} checks of ${zone === undefined ? 'all services' : `the services of ${zone}`} are critical`;
}
