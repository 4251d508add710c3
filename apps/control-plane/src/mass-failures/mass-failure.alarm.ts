import type { GuardedScope, MassFailure } from '@vitals/core/lease';
import type { GuardedKind, MassFailureEnding, StoredMassFailure } from './mass-failure.rows.js';

/**
 * What is told of a mass failure: once that it began, and once either that it ended (`by` itself, by time, or with
 * that of a zone) or that an operator acknowledged it, which ends it too. The same `id` in both.
 */
export interface MassFailureAlarm {
  readonly id: string;
  readonly subjects: GuardedKind;
  readonly scope: GuardedScope;
  readonly kind: 'began' | 'ended' | 'acknowledged';
  /** Why it ended; `undefined` while it goes on. */
  readonly by: MassFailureEnding | undefined;
  /** Members that are away at that time, of those that there are. */
  readonly gone: number;
  readonly of: number;
  /** When it began, in epoch milliseconds. */
  readonly sinceMs: number;
}

/** What is told of this one, by whether it goes on. */
export function alarmOf(failure: StoredMassFailure): MassFailureAlarm {
  const { key, kind, zone, gone, of, beganAtMs, endedBy } = failure;
  const ending = endedBy === 'acknowledgement' ? 'acknowledged' : 'ended';
  return {
    id: String(key),
    subjects: kind,
    scope: scopeOf(zone),
    kind: endedBy ? ending : 'began',
    by: endedBy,
    gone,
    of,
    sinceMs: beganAtMs,
  };
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
export function describe({ scope, gone, of }: MassFailure, kind: GuardedKind): string {
  const zone = zoneOf(scope);
  if (kind === 'provider') {
    return `${gone} of ${of} providers of ${zone === undefined ? 'the fleet' : `zone ${zone}`} have missed their deadlines`;
  }
  return `${gone} of ${of} checks of ${zone === undefined ? 'all services' : `the services of ${zone}`} are critical`;
}
