import { Logger } from '@nestjs/common';
import {
  DEFAULT_MASS_FAILURE,
  ENDINGS,
  type GuardedKind,
  type GuardedMember,
  GuardedMembers,
  type GuardedScope,
  type MassFailure,
  type MassFailureEnding,
  massFailureText,
  scopeOf,
  type SettledMember,
  zoneOf,
} from '@vitals/core/mass-failure';
import type { HealthStatus } from '@vitals/health';
import { Subject } from 'rxjs';
import type { AnyChange } from '../database/change.js';
import { alarmOf, type MassFailureAlarm } from './mass-failure.alarm.js';
import type { Follower } from './mass-failure.directory.js';
import { massFailuresChanged, membersSettled, type StoredMassFailure } from './mass-failure.rows.js';
import type { TrackerParts } from './tracker.parts.js';

/** How often it is looked whether the time of a mass failure is over, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

/**
 * Tells the failure of a zone, or of everything, from that of single members of one kind, and raises one alarm for
 * it. What went on before a restart goes on, and what was settled stays so.
 *
 * Of several processes on a database each counts, and the leader decides; what it has made durable is followed by all,
 * and told by whoever wrote it. The next leader goes on by what it has counted itself.
 */
export abstract class MassFailureTracker<M extends GuardedMember>
  extends GuardedMembers<M>
  implements Follower
{
  private readonly logger = new Logger('MassFailure');
  private readonly raised = new Subject<MassFailureAlarm>();
  private readonly turned = new Subject<M>();
  private readonly endedScopes = new Subject<GuardedScope>();
  private looking = false;
  private leads = true;

  /** Scopes whose mass failure has ended, in every process. */
  readonly ends = this.endedScopes.asObservable();

  /** Once when a mass failure begins, and once when it ends or is acknowledged; of several processes in one. */
  readonly alarms = this.raised.asObservable();

  /** Members that are settled, each when its consequences wait no longer. */
  readonly turns = this.turned.asObservable();

  /** @param windowMs failures within this time count as one event, in running milliseconds */
  constructor(
    private readonly kind: GuardedKind,
    windowMs: number,
    private readonly parts: TrackerParts,
  ) {
    super({ ...DEFAULT_MASS_FAILURE, windowMs, holdMs: parts.settings.massFailureHoldMs }, parts.clock);
  }

  /** Takes the members of before the restart back, which are there by now. */
  protected recover(): void {
    const { directory, passed, owned } = this.parts;
    this.leads = owned.leaderStamp !== undefined;
    if (!this.leads) this.guard.stopJudging();
    const failing = directory.ongoingOf(this.kind).map(({ zone, quietSinceMs }) => {
      return { scope: scopeOf(zone), quietForMs: Math.max(0, passed.nowMs() - quietSinceMs) };
    });
    this.recoverMembers(directory.settledOf(this.kind), failing);
    directory.followBy(this.kind, this);
    owned.changed.subscribe((partition) => partition === 0 && this.onLeader());
    this.lookLater();
  }

  /** Down while a mass failure goes on. */
  protected healthOf(status: HealthStatus): HealthStatus {
    const failures = this.guard.current().map((failure) => massFailureText(failure, this.kind));
    return failures.length === 0 ? status.up() : status.down(failures.join('; '));
  }

  /** Ends what an operator acknowledges, and with the whole fleet every zone; durable first. */
  async acknowledge(failure: StoredMassFailure): Promise<void> {
    const { directory } = this.parts;
    const scope = scopeOf(failure.zone);
    const endedNow = () =>
      scope === 'fleet' ? directory.ongoingOf(this.kind) : [directory.get(failure.key)];
    const ended = endedNow();
    await directory.decide(() => this.releaseOf(endedNow(), 'acknowledgement'));
    if (directory.isShared) return;
    this.release(
      ended.map(({ zone }) => scopeOf(zone)),
      'acknowledgement',
    );
  }

  /** What ends mass failures whatever is away, and settles that. */
  private releaseOf(failures: readonly StoredMassFailure[], by: MassFailureEnding): AnyChange[] {
    const ongoing = failures.filter(({ endedBy }) => !endedBy);
    if (ongoing.length === 0) return [];
    const end = { endedAtMs: this.clock.wallMs(), endedBy: by };
    const ended = ongoing.map((one) => ({ ...one, ...this.countsOf(one), ...end }));
    const members = this.settledMembers(ongoing.map(({ zone }) => scopeOf(zone)));
    return [massFailuresChanged(ended), membersSettled({ of: this.kind, members })];
  }

  onDurable(failure: StoredMassFailure, was: StoredMassFailure | undefined, isOwn: boolean): void {
    const { zone, quietSinceMs, endedBy } = failure;
    const scope = scopeOf(zone);
    const isNews = endedBy ? was !== undefined && !was.endedBy : !was;
    const isReleased = endedBy === 'acknowledgement' || endedBy === 'time';
    // what the leader has counted is newer, but for what was ended whatever it has counted
    if (endedBy && (!this.leads || isReleased)) this.guard.follow(scope, undefined, isReleased);
    else if (!endedBy && !this.leads) this.guard.follow(scope, this.parts.passed.runningAt(quietSinceMs));
    if (isNews && isOwn) this.tell(failure);
    if (isNews && endedBy) this.endedScopes.next(scope);
  }

  onSettled(members: readonly SettledMember[]): void {
    this.followSettled(members);
  }

  settledNow(): readonly SettledMember[] {
    return this.settledMembers();
  }

  countsOf(failure: StoredMassFailure): Pick<StoredMassFailure, 'gone' | 'of'> {
    const { gone, of } = this.guard.standing(scopeOf(failure.zone)) ?? failure;
    return { gone, of };
  }

  protected onTurn(member: M): void {
    this.turned.next(member);
  }

  protected onEvents(events: readonly MassFailure[], by: MassFailureEnding): void {
    const { isShared } = this.parts.directory;
    for (const event of events) {
      const failure = event.kind === 'began' ? this.begun(event) : this.ended(event, by);
      if (!failure || isShared) continue;
      this.tell(failure);
      if (event.kind === 'ended') this.endedScopes.next(event.scope);
    }
    if (events.length > 0) this.keepTimes();
  }

  private tell(failure: StoredMassFailure): void {
    const { key, zone, gone, of, endedBy } = failure;
    const text = massFailureText(
      { scope: scopeOf(zone), kind: endedBy ? 'ended' : 'began', gone, of },
      this.kind,
    );
    if (endedBy) this.logger.warn(`${text}: the mass failure ${key} ${ENDINGS[endedBy]}`);
    else
      this.logger.error(
        `${text}: nobody is removed, and no single notification is sent, until it ends; mass failure ${key}`,
      );
    this.raised.next(alarmOf(failure));
  }

  /** Decides from now on, or no more. */
  private onLeader(): void {
    const { directory, owned, passed } = this.parts;
    const leads = owned.leaderStamp !== undefined;
    if (leads === this.leads) return;
    this.leads = leads;
    const ongoing = new Map(directory.ongoingOf(this.kind).map((one) => [one.zone, one]));
    if (leads) {
      this.onEvents(this.guard.startJudging([...ongoing.keys()].map(scopeOf)), 'recovery');
      return this.lookLater();
    }
    this.guard.stopJudging();
    directory.forgetNoted();
    for (const { scope } of this.guard.current())
      if (!directory.ongoing(this.kind, zoneOf(scope))) this.guard.follow(scope, undefined);
    for (const { zone, quietSinceMs } of directory.ongoingOf(this.kind))
      this.guard.follow(scopeOf(zone), passed.runningAt(quietSinceMs));
  }

  /** Ends mass failures whatever is away, and settles that. */
  private release(scopes: readonly GuardedScope[], by: MassFailureEnding): void {
    const ended = scopes.map((scope) => this.guard.end(scope)).filter((event) => event !== undefined);
    if (ended.length === 0) return;
    this.onEvents(ended, by);
    this.settle(scopes);
    this.parts.directory.settle(this.kind);
  }

  /** Where others follow: durable first. */
  private async releaseOverdue(scopes: readonly GuardedScope[]): Promise<void> {
    const { directory, owned } = this.parts;
    const stamp = owned.leaderStamp;
    if (!stamp) return;
    for (const scope of scopes) {
      const overdue = () => directory.ongoing(this.kind, zoneOf(scope)) ?? [];
      const decide = () => (owned.isNewest(stamp) ? this.releaseOf([overdue()].flat(), 'time') : []);
      // it is overdue at the next look too
      await directory.decide(decide).catch(() => undefined);
    }
  }

  private begun({ scope, gone, of }: MassFailure): StoredMassFailure {
    const quietSinceMs = this.parts.passed.at(this.guard.quietSinceMs(scope) ?? 0);
    const about = { kind: this.kind, zone: zoneOf(scope), beganAtMs: this.clock.wallMs() };
    return this.parts.directory.begin({ ...about, gone, of, quietSinceMs });
  }

  private ended({ scope, gone, of }: MassFailure, by: MassFailureEnding): StoredMassFailure | undefined {
    const failure = this.parts.directory.newest(this.kind, zoneOf(scope));
    // what an operator acknowledged is durable, and applied, by now
    if (!failure || failure.endedBy) return by === 'acknowledgement' ? failure : undefined;
    const ended = { ...failure, gone, of, endedAtMs: this.clock.wallMs(), endedBy: by };
    this.parts.directory.put(ended);
    return ended;
  }

  /** Further goings put the end off: that has to last over a restart too. */
  private keepTimes(): void {
    const { directory, passed } = this.parts;
    for (const failure of directory.ongoingOf(this.kind)) {
      const runningMs = this.guard.quietSinceMs(scopeOf(failure.zone));
      if (runningMs === undefined) continue;
      const quietSinceMs = passed.at(runningMs);
      if (quietSinceMs - failure.quietSinceMs >= LOOK_EVERY_MS) directory.put({ ...failure, quietSinceMs });
    }
    this.lookLater();
  }

  private lookLater(): void {
    if (this.looking || !this.leads || this.guard.current().length === 0) return;
    this.looking = true;
    this.clock.after(LOOK_EVERY_MS, () => {
      this.looking = false;
      if (!this.leads) return;
      const overdue = this.guard.overdue(this.clock.nowMs());
      if (!this.parts.directory.isShared) for (const scope of overdue) this.release([scope], 'time');
      else if (overdue.length > 0) void this.releaseOverdue(overdue);
      this.keepTimes();
    });
  }
}
