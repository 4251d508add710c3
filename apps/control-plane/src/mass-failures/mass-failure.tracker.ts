import { Logger } from '@nestjs/common';
import { type GuardedScope, type MassFailure, MassFailureGuard } from '@vitals/core/lease';
import { Subject } from 'rxjs';
import type { GuardedMember, TrackerParts } from './guarded-member.js';
import { alarmOf, describe, ENDINGS, type MassFailureAlarm, scopeOf, zoneOf } from './mass-failure.alarm.js';
import {
  type MassFailureEnding,
  massFailuresChanged,
  membersSettled,
  type SettledMember,
  type StoredMassFailure,
} from './mass-failure.rows.js';
import { ReleasePace } from './release.pace.js';

/** How often it is looked whether the time of a mass failure is over, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

/**
 * Follows the members of one kind, and says for whom consequences wait: for whoever is in a mass failure, and, once
 * it has ended by time or by an operator, for those that were away in it until their turn comes. What went on before
 * a restart goes on, and what was settled stays so.
 */
export class MassFailureTracker<M extends GuardedMember> {
  private readonly logger = new Logger('MassFailure');
  private readonly guard: MassFailureGuard;
  private readonly pace: ReleasePace<M>;
  private readonly raised = new Subject<MassFailureAlarm>();
  private readonly turned = new Subject<M>();
  private looking = false;

  /** Once when a mass failure begins, and once when it ends or is acknowledged. */
  readonly alarms = this.raised.asObservable();

  /** Members that are settled, each when it waits no longer. */
  readonly turns = this.turned.asObservable();

  constructor(private readonly parts: TrackerParts<M>) {
    this.guard = new MassFailureGuard(parts.settings);
    this.pace = new ReleasePace(parts.clock, (member) => this.turned.next(member));
  }

  /** Takes the members of before the restart back, which are there by now. */
  recover(): void {
    const { kind, log, clock, running, passed, members, standingOf } = this.parts;
    const settled = new Map(log.settledOf(kind).map(({ key, sinceMs }) => [key, sinceMs]));
    // since a wall clock that was set back they may lie ahead: what went at different times did not go at once
    let nowMs = clock.wallMs();
    for (const member of members()) nowMs = Math.max(nowMs, standingOf(member).awaySinceMs ?? 0);
    const counted = [];
    for (const member of members()) {
      const { zone, awaySinceMs } = standingOf(member);
      member.countedZone = zone;
      const isSettled = awaySinceMs !== undefined && settled.get(member.key) === awaySinceMs;
      member.counted = isSettled ? 'settled' : awaySinceMs === undefined ? 'well' : 'away';
      if (isSettled) this.pace.add(member);
      else
        counted.push({ zone, unavailableMsAgo: awaySinceMs === undefined ? undefined : nowMs - awaySinceMs });
    }
    const failing = log.ongoingOf(kind).map(({ zone, quietSinceMs }) => {
      return { scope: scopeOf(zone), quietForMs: Math.max(0, passed.nowMs() - quietSinceMs) };
    });
    this.note(this.guard.recover(counted, running.nowMs(), failing));
    log.followBy(kind, {
      acknowledge: (failure) => this.acknowledge(failure),
      countsOf: (failure) => this.countsOf(failure),
    });
    this.lookLater();
  }

  /** Whether consequences for a member have to wait. */
  isFrozen(member: M): boolean {
    if (member.counted === 'settled') return this.pace.isWaiting(member);
    return this.guard.isFrozen(this.parts.standingOf(member).zone);
  }

  /** The mass failures that go on, in words. */
  describe(): string[] {
    return this.guard.current().map((failure) => describe(failure, this.parts.kind));
  }

  /** Something of a member has changed, it was added, or it was removed. */
  follow(member: M, removed: boolean): void {
    const { zone, awaySinceMs } = this.parts.standingOf(member);
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
    this.note(isAway ? this.guard.went(zone, this.parts.running.nowMs()) : this.guard.returned(zone));
  }

  /** Ends what an operator acknowledges, and with the whole fleet every zone; durable first. */
  private async acknowledge(failure: StoredMassFailure): Promise<void> {
    const { kind, log, journal, clock } = this.parts;
    const scope = scopeOf(failure.zone);
    const ended = scope === 'fleet' ? log.ongoingOf(kind) : [failure];
    const end = { endedAtMs: clock.wallMs(), endedBy: 'acknowledgement' } as const;
    const failures = ended.map((one) => ({ ...one, ...this.countsOf(one), ...end }));
    const members = this.settledMembers((member) => this.isIn(member, scope));
    await journal.commitAll([massFailuresChanged(failures), membersSettled({ of: kind, members })]);
    this.release(
      ended.map(({ zone }) => scopeOf(zone)),
      'acknowledgement',
    );
  }

  private look(): void {
    for (const scope of this.guard.overdue(this.parts.running.nowMs())) this.release([scope], 'time');
  }

  /** Ends mass failures whatever is away, and settles that, but for what another one holds. */
  private release(scopes: readonly GuardedScope[], by: MassFailureEnding): void {
    const ended = scopes.map((scope) => this.guard.end(scope)).filter((event) => event !== undefined);
    if (ended.length === 0) return;
    this.note(ended, by);
    const byZone = new Map<string | undefined, M[]>();
    for (const member of this.parts.members()) {
      if (member.counted !== 'away' || !scopes.some((scope) => this.isIn(member, scope))) continue;
      const zone = member.countedZone;
      if (zone !== undefined && this.guard.isFailing({ zone })) continue;
      const same = byZone.get(zone);
      if (same) same.push(member);
      else byZone.set(zone, [member]);
    }
    const fleet = this.guard.standing('fleet');
    for (const [zone, members] of byZone) {
      for (const member of members) {
        member.counted = 'settled';
        this.pace.add(member);
      }
      const events = this.guard.settled(zone, members.length);
      // it thaws for want of them, and had them until now
      this.note(
        events.map((event) => ({ ...event, ...(event.kind === 'ended' && fleet), kind: event.kind })),
        'settled',
      );
    }
    this.parts.log.settle(this.parts.kind, () => this.settledMembers(() => false));
  }

  private isIn({ countedZone }: M, scope: GuardedScope): boolean {
    return scope === 'fleet' || countedZone === scope.zone;
  }

  /** Those that are settled, and those that are away and will be. */
  private settledMembers(will: (member: M) => boolean): SettledMember[] {
    const settled: SettledMember[] = [];
    for (const member of this.parts.members()) {
      const { awaySinceMs: sinceMs } = this.parts.standingOf(member);
      const isSettled = member.counted === 'settled' || (member.counted === 'away' && will(member));
      if (isSettled && sinceMs !== undefined) settled.push({ key: member.key, sinceMs });
    }
    return settled;
  }

  private note(events: readonly MassFailure[], by: MassFailureEnding = 'recovery'): void {
    for (const event of events) {
      const failure = event.kind === 'began' ? this.begun(event) : this.ended(event, by);
      const text = describe(event, this.parts.kind);
      if (!failure) continue;
      if (event.kind === 'began') {
        this.logger.error(
          `${text}: nobody is removed, and no single notification is sent, until it ends; mass failure ${failure.key}`,
        );
      } else this.logger.warn(`${text}: the mass failure ${failure.key} ${ENDINGS[by]}`);
      this.raised.next(alarmOf(failure));
    }
    if (events.length > 0) this.keepTimes();
  }

  private begun({ scope, gone, of }: MassFailure): StoredMassFailure {
    const { kind, log, clock, passed } = this.parts;
    const about = { kind, zone: zoneOf(scope), beganAtMs: clock.wallMs(), gone, of };
    return log.begin({ ...about, quietSinceMs: passed.at(this.guard.quietSinceMs(scope) ?? 0) });
  }

  private ended({ scope, gone, of }: MassFailure, by: MassFailureEnding): StoredMassFailure | undefined {
    const { kind, log, clock } = this.parts;
    const failure = log.ongoing(kind, zoneOf(scope));
    const ended = failure && { ...failure, gone, of, endedAtMs: clock.wallMs(), endedBy: by };
    if (ended) log.put(ended);
    return ended;
  }

  private countsOf({ zone, gone, of }: StoredMassFailure): { readonly gone: number; readonly of: number } {
    const now = this.guard.standing(scopeOf(zone));
    return now ? { gone: now.gone, of: now.of } : { gone, of };
  }

  /** Further goings put the end off: that has to last over a restart too. */
  private keepTimes(): void {
    const { kind, log, passed } = this.parts;
    for (const failure of log.ongoingOf(kind)) {
      const quietSinceMs = this.guard.quietSinceMs(scopeOf(failure.zone));
      if (quietSinceMs === undefined) continue;
      if (passed.at(quietSinceMs) - failure.quietSinceMs < LOOK_EVERY_MS) continue;
      log.put({ ...failure, quietSinceMs: passed.at(quietSinceMs) });
    }
    this.lookLater();
  }

  private lookLater(): void {
    if (this.looking || this.guard.current().length === 0) return;
    this.looking = true;
    this.parts.clock.after(LOOK_EVERY_MS, () => {
      this.looking = false;
      this.look();
      this.keepTimes();
    });
  }
}
