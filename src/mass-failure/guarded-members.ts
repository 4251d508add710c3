import type { RunningClock } from '../time/index.js';
import type { GuardedScope, MassFailureSettings } from './guarded-scope.js';
import type { MassFailure, RecoveredMassFailure } from './mass-failure.js';
import { FollowingGuard } from './following-guard.js';
import { ReleasePace } from './release-pace.js';

/** Who is counted; the marks are those of `GuardedMembers`, and lie with the member, of which there may be many. */
export interface GuardedMember {
  /** Its number; of no other member. */
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

/** A member whose failure was settled, and since when it is away, in epoch milliseconds. */
export interface SettledMember {
  readonly key: number;
  readonly sinceMs: number;
}

/**
 * Counts the members of one kind, each once and in the zone in which it is now, and says for whom consequences wait:
 * for whoever is in a mass failure, and, once it was ended, for those that were away in it until their turn comes.
 */
export abstract class GuardedMembers<M extends GuardedMember> {
  protected readonly guard: FollowingGuard;
  private readonly pace: ReleasePace<M>;

  constructor(
    settings: MassFailureSettings,
    protected readonly clock: RunningClock,
  ) {
    this.guard = new FollowingGuard(settings);
    this.pace = new ReleasePace(clock, (member) => this.onTurn(member));
  }

  /** All that there are. */
  protected abstract members(): Iterable<M>;

  protected abstract standingOf(member: M): MemberStanding;

  /** Called with what begins and ends, in order; `settled`: for want of members that count no more. */
  protected abstract onEvents(events: readonly MassFailure[], by: 'recovery' | 'settled'): void;

  /** Called with each member that is settled, when it waits no longer. */
  protected abstract onTurn(member: M): void;

  /** Whether consequences for a member have to wait. */
  isFrozen(member: M): boolean {
    if (member.counted === 'settled') return this.pace.isWaiting(member);
    return this.guard.isFrozen(this.standingOf(member).zone);
  }

  /** Something of a member has changed, it was added, or it was removed. */
  follow(member: M, removed: boolean): void {
    const { zone, awaySinceMs } = this.standingOf(member);
    const { counted, countedZone } = member;
    const isAway = awaySinceMs !== undefined;
    if (removed) {
      this.pace.delete(member);
      member.counted = undefined;
      if (counted === 'well' || counted === 'away')
        this.note(this.guard.left(countedZone, counted === 'away'));
      return;
    }
    member.countedZone = zone;
    if (counted === 'settled' && isAway) return;
    member.counted = isAway ? 'away' : 'well';
    if (counted === undefined || counted === 'settled') {
      this.pace.delete(member);
      return this.note(this.guard.joined(zone, isAway));
    }
    if (zone !== countedZone) {
      this.note(this.guard.left(countedZone, counted === 'away'));
      this.note(this.guard.joined(zone, counted === 'away'));
    }
    if (isAway === (counted === 'away')) return;
    this.note(isAway ? this.guard.went(zone, this.clock.nowMs()) : this.guard.returned(zone));
  }

  /** Takes the members of before a restart back, with those that were settled then, and what was failing. */
  protected recoverMembers(
    settledBefore: readonly SettledMember[],
    failing: readonly RecoveredMassFailure[],
  ): void {
    const settled = new Map(settledBefore.map(({ key, sinceMs }) => [key, sinceMs]));
    // since a wall clock that was set back they may lie ahead: what went at different times did not go at once
    let nowMs = this.clock.wallMs();
    for (const member of this.members()) nowMs = Math.max(nowMs, this.standingOf(member).awaySinceMs ?? 0);
    const counted = [];
    for (const member of this.members()) {
      const { zone, awaySinceMs } = this.standingOf(member);
      member.countedZone = zone;
      const isSettled = awaySinceMs !== undefined && settled.get(member.key) === awaySinceMs;
      member.counted = isSettled ? 'settled' : awaySinceMs === undefined ? 'well' : 'away';
      if (isSettled) this.pace.add(member);
      else
        counted.push({ zone, unavailableMsAgo: awaySinceMs === undefined ? undefined : nowMs - awaySinceMs });
    }
    this.note(this.guard.recover(counted, this.clock.nowMs(), failing));
  }

  /** Settles those that are away in these scopes, which have ended, but for those that another one holds. */
  protected settle(scopes: readonly GuardedScope[]): void {
    this.settleThese((member) => this.isReleased(member, scopes));
  }

  /** Is told which members are settled; those that are, and are not among them, stay so until they are well. */
  protected followSettled(members: readonly SettledMember[]): void {
    const settled = new Map(members.map(({ key, sinceMs }) => [key, sinceMs]));
    this.settleThese((member) => settled.get(member.key) === this.standingOf(member).awaySinceMs);
  }

  /** Those that are settled, and those that will be once `scopes` have ended. */
  protected settledMembers(scopes: readonly GuardedScope[] = []): SettledMember[] {
    const settled: SettledMember[] = [];
    for (const member of this.members()) {
      const { awaySinceMs: sinceMs } = this.standingOf(member);
      const willBe = member.counted === 'away' && this.isReleased(member, scopes);
      if ((member.counted === 'settled' || willBe) && sinceMs !== undefined) {
        settled.push({ key: member.key, sinceMs });
      }
    }
    return settled;
  }

  private settleThese(isSettled: (member: M) => boolean): void {
    const byZone = new Map<string | undefined, M[]>();
    for (const member of this.members()) {
      if (member.counted !== 'away' || !isSettled(member)) continue;
      const same = byZone.get(member.countedZone);
      if (same) same.push(member);
      else byZone.set(member.countedZone, [member]);
    }
    const fleet = this.guard.standing('fleet');
    for (const [zone, members] of byZone) {
      for (const member of members) {
        member.counted = 'settled';
        this.pace.add(member);
      }
      const events = this.guard.settled(zone, members.length);
      // it thaws for want of them, and had them until now
      this.onEvents(
        events.map((event) => ({ ...event, ...(event.kind === 'ended' && fleet), kind: event.kind })),
        'settled',
      );
    }
  }

  /** Whether a member is in one of these scopes, and in no zone besides them that is failing. */
  private isReleased({ countedZone: zone }: M, scopes: readonly GuardedScope[]): boolean {
    const isOwn = scopes.some((scope) => scope !== 'fleet' && scope.zone === zone);
    if (isOwn || !scopes.includes('fleet')) return isOwn;
    return zone === undefined || !this.guard.isFailing({ zone });
  }

  private note(events: readonly MassFailure[]): void {
    this.onEvents(events, 'recovery');
  }
}
