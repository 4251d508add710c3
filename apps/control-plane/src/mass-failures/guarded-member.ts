import type { MassFailureSettings } from '@vitals/core/lease';
import type { Clock, RunningClock } from '@vitals/core/time';
import type { Journal } from '../database/journal.js';
import type { PassedTime } from '../database/passed-time.js';
import type { GuardedKind } from './mass-failure.rows.js';
import type { MassFailureLog } from './mass-failure.log.js';

/** Whom a tracker counts; the marks are the tracker's own, and lie with the member, of which there may be many. */
export interface GuardedMember {
  readonly key: number;
  countedZone: string | undefined;
  /** `undefined` before it is counted. */
  counted: 'well' | 'away' | 'settled' | undefined;
}

/** How a member is now. */
export interface MemberStanding {
  readonly zone: string | undefined;
  /** Epoch milliseconds; the same until it is well again. `undefined`: it is well. */
  readonly awaySinceMs: number | undefined;
}

/** What a tracker is made of. */
export interface TrackerParts<M extends GuardedMember> {
  readonly kind: GuardedKind;
  readonly settings: MassFailureSettings;
  readonly log: MassFailureLog;
  readonly journal: Journal;
  readonly passed: PassedTime;
  readonly clock: Clock;
  readonly running: RunningClock;
  readonly members: () => Iterable<M>;
  readonly standingOf: (member: M) => MemberStanding;
}
