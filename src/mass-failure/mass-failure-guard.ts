import type { MassFailure, RecoveredMassFailure, RecoveredMember } from './mass-failure.js';
import {
  DEFAULT_MASS_FAILURE,
  type GuardedScope,
  type MassFailureSettings,
  ScopeCounts,
} from './guarded-scope.js';

/**
 * Tells the failure of a network or a data centre from that of its members: when more than 55 % of a zone or of the
 * fleet, and at least 4 of them, go within one window, automatic consequences have to wait.
 *
 * 1. It ends when no more than this share, or fewer than 4, are away, whether they returned or were removed; it
 *    begins again if more go within the window, as when somebody joins in the middle of it.
 * 2. It ends by time (`overdue`) or by whoever knows better (`end`). The caller then settles those that are away:
 *    they count no more until they return, so that the same ones do not freeze it again.
 * 3. A zone that is frozen holds its members. The fleet that is frozen holds the others only if they take part: the
 *    members outside of frozen zones have to be failing too (at least 4, and more than half the share of them), and
 *    the zone of the member must not be well (at least 4 members, and no more than half the share of them away).
 *
 * A zone counts its own members; the fleet counts all, also those without a zone. The caller reports each change of
 * a member once and in order; the guard does not know which members there are. The events that a call returns are
 * raised by nothing else: the caller passes them on. Every call costs O(1), and a scope costs the same for any
 * number of members.
 */
export class MassFailureGuard {
  private readonly fleet: ScopeCounts;
  /** Those without a zone fail with the fleet only. */
  private readonly unzoned: ScopeCounts;
  protected readonly zones = new Map<string, ScopeCounts>();
  /** Whether what begins and ends is decided here. */
  protected judging = true;
  /** Of zones that are frozen: their members, and how many are away. */
  private readonly inFrozenZones = { size: 0, away: 0 };

  constructor(private readonly settings: MassFailureSettings = DEFAULT_MASS_FAILURE) {
    this.fleet = new ScopeCounts('fleet', settings);
    this.unzoned = new ScopeCounts(undefined, settings);
  }

  /** Whether consequences for a member of this zone have to wait: its zone is failing, or it with the fleet. */
  isFrozen(zone: string | undefined): boolean {
    const own = this.countsOf(zone);
    if (own?.frozen) return true;
    return this.fleet.frozen && this.isHitElsewhere() && !(own && this.isWell(own));
  }

  /** Whether this scope is failing by itself. */
  isFailing(scope: GuardedScope): boolean {
    return this.find(scope)?.frozen === true;
  }

  /** The mass failures that are going on, the fleet's first, with the counts of now. */
  current(): MassFailure[] {
    return this.frozenScopes().map(eventOf);
  }

  /** The mass failure that is going on in a scope, with the counts of now; `undefined` if there is none. */
  standing(scope: GuardedScope): MassFailure | undefined {
    const counts = this.find(scope);
    return counts?.frozen ? eventOf(counts) : undefined;
  }

  /** Since when a scope that is failing lost no further mass of members, in running milliseconds. */
  quietSinceMs(scope: GuardedScope): number | undefined {
    const counts = this.find(scope);
    return counts?.frozen ? counts.quietSinceMs : undefined;
  }

  /** The mass failures whose time is over at `nowMs` of the running clock; zones first. */
  overdue(nowMs: number): GuardedScope[] {
    const isOver = (one: ScopeCounts): boolean => nowMs - one.quietSinceMs >= this.settings.holdMs;
    return this.frozenScopes()
      .filter(isOver)
      .map(({ name }) => name as GuardedScope)
      .toReversed();
  }

  /** A member was added; `unavailable` if it is away and went in no window, as after a change of its zone. */
  joined(zone: string | undefined, unavailable = false): MassFailure[] {
    return this.change(zone, (scope) => {
      scope.size++;
      if (unavailable) scope.away++;
    });
  }

  /** A member was removed; `unavailable` if it was away. */
  left(zone: string | undefined, unavailable: boolean): MassFailure[] {
    return this.change(zone, (scope) => {
      scope.size--;
      if (unavailable) scope.away--;
    });
  }

  /** A member became `Unavailable` at `nowMs` of the running clock. */
  went(zone: string | undefined, nowMs: number): MassFailure[] {
    return this.change(zone, (scope) => scope.go(nowMs));
  }

  /** A member that was `Unavailable` was heard. */
  returned(zone: string | undefined): MassFailure[] {
    return this.change(zone, (scope) => scope.away--);
  }

  /** A mass failure ends by time, or because somebody says so; `undefined` if there is none. */
  end(scope: GuardedScope): MassFailure | undefined {
    const counts = this.find(scope);
    if (!counts?.frozen) return undefined;
    this.countFrozen(counts, -1);
    counts.end();
    return eventOf(counts);
  }

  /** So many members of a zone that are away count no more; one that returns joins again. */
  settled(zone: string | undefined, count: number): MassFailure[] {
    return this.change(zone, (scope) => scope.settle(count));
  }

  /**
   * Takes the members of before a restart back, so that a restart during a mass failure releases nothing. What was
   * failing still is, and its time goes on where it stood. Members that are away already are not going now.
   * @returns what was not known to be failing when the process before ended, and what is failing no longer
   */
  recover(
    members: readonly RecoveredMember[],
    nowMs: number,
    failing: readonly RecoveredMassFailure[] = [],
  ): MassFailure[] {
    for (const { zone } of members) this.joined(zone);
    const away = members.filter(({ unavailableMsAgo }) => unavailableMsAgo !== undefined);
    const inOrder = away.toSorted((a, b) => (b.unavailableMsAgo as number) - (a.unavailableMsAgo as number));
    for (const { zone, unavailableMsAgo } of inOrder) {
      this.went(zone, nowMs - Math.max(0, unavailableMsAgo as number));
    }
    const unknown = new Set(this.frozenScopes());
    for (const counts of unknown) counts.quietSinceMs = nowMs;
    const ended: MassFailure[] = [];
    for (const { scope, quietForMs } of failing) {
      const counts = this.find(scope);
      if (counts) unknown.delete(counts);
      const isOver = !counts?.isEnough(counts.away);
      if (isOver) ended.push({ scope, kind: 'ended', gone: counts?.away ?? 0, of: counts?.size ?? 0 });
      if (counts && isOver && counts.frozen) this.end(scope);
      if (!counts || isOver) continue;
      this.countFrozen(counts, -1);
      counts.freeze(nowMs - quietForMs);
      this.countFrozen(counts, 1);
    }
    return [...ended, ...[...unknown].map(eventOf)];
  }

  private isHitElsewhere(): boolean {
    const away = this.fleet.away - this.inFrozenZones.away;
    const size = this.fleet.size - this.inFrozenZones.size;
    return away >= this.settings.atLeast && away > (this.settings.share / 2) * size;
  }

  private isWell({ size, away }: ScopeCounts): boolean {
    return size >= this.settings.atLeast && away <= (this.settings.share / 2) * size;
  }

  /** Changes the fleet and the zone, and returns what began or ended with that. */
  private change(zone: string | undefined, apply: (scope: ScopeCounts) => void): MassFailure[] {
    if (zone === undefined) apply(this.unzoned);
    const scopes = zone === undefined ? [this.fleet] : [this.fleet, this.scopeOf(zone)];
    const events = scopes.flatMap((scope) => this.changeOne(scope, apply));
    if (zone !== undefined && this.zones.get(zone)?.size === 0) this.zones.delete(zone);
    return events;
  }

  protected changeOne(scope: ScopeCounts, apply: (scope: ScopeCounts) => void): MassFailure[] {
    const wasFrozen = scope.frozen;
    this.countFrozen(scope, -1);
    apply(scope);
    if (this.judging) scope.judge();
    this.countFrozen(scope, 1);
    return wasFrozen === scope.frozen ? [] : [eventOf(scope)];
  }

  protected countFrozen(scope: ScopeCounts, sign: 1 | -1): void {
    if (scope === this.fleet || !scope.frozen) return;
    this.inFrozenZones.size += sign * scope.size;
    this.inFrozenZones.away += sign * scope.away;
  }

  private frozenScopes(): ScopeCounts[] {
    return [this.fleet, ...this.zones.values()].filter(({ frozen }) => frozen);
  }

  protected find(scope: GuardedScope): ScopeCounts | undefined {
    return scope === 'fleet' ? this.fleet : this.zones.get(scope.zone);
  }

  private countsOf(zone: string | undefined): ScopeCounts | undefined {
    return zone === undefined ? this.unzoned : this.zones.get(zone);
  }

  private scopeOf(zone: string): ScopeCounts {
    const scope = this.zones.get(zone) ?? new ScopeCounts({ zone }, this.settings);
    this.zones.set(zone, scope);
    return scope;
  }
}

function eventOf({ name, frozen, away, size }: ScopeCounts): MassFailure {
  return { scope: name as GuardedScope, kind: frozen ? 'began' : 'ended', gone: away, of: size };
}
