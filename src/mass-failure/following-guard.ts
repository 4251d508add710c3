import type { GuardedScope, ScopeCounts } from './guarded-scope.js';
import type { MassFailure, RecoveredMassFailure, RecoveredMember } from './mass-failure.js';
import { MassFailureGuard } from './mass-failure-guard.js';

/**
 * A guard that decides what begins and ends, or only counts, and is told it by the one of several processes that does. It
 * counts all the while, so that it can go on deciding where that one has stopped.
 */
export class FollowingGuard extends MassFailureGuard {
  /** From now on it only counts. */
  stopJudging(): void {
    this.judging = false;
  }

  /**
   * Decides from now on.
   * @param failing what goes on, as it was told
   * @returns what would have begun or ended by now
   */
  startJudging(failing: readonly GuardedScope[]): MassFailure[] {
    this.judging = true;
    const scopes: GuardedScope[] = ['fleet', ...[...this.zones.keys()].map((zone) => ({ zone }))];
    const events = scopes.flatMap((scope) =>
      this.changeOne(this.find(scope) as ScopeCounts, () => undefined),
    );
    // of some zones there may be nobody left
    const empty = failing.filter((scope) => !this.find(scope));
    return [...events, ...empty.map((scope) => ({ scope, kind: 'ended', gone: 0, of: 0 }) as const)];
  }

  /**
   * Is told how a scope stands.
   * @param quietSinceMs it is failing, and since then no further mass of members went, in running milliseconds;
   *   `undefined`: it is not
   * @param isReleased it has ended whoever is away: the next mass failure needs as many that go anew
   */
  follow(scope: GuardedScope, quietSinceMs: number | undefined, isReleased = false): void {
    const counts = this.find(scope);
    if (!counts) return;
    this.countFrozen(counts, -1);
    if (quietSinceMs !== undefined && !counts.frozen) counts.freeze(quietSinceMs);
    else if (quietSinceMs !== undefined) counts.quietSinceMs = quietSinceMs;
    else if (isReleased) counts.end();
    else counts.frozen = false;
    this.countFrozen(counts, 1);
  }

  override recover(
    members: readonly RecoveredMember[],
    nowMs: number,
    failing: readonly RecoveredMassFailure[] = [],
  ): MassFailure[] {
    if (this.judging) return super.recover(members, nowMs, failing);
    super.recover(members, nowMs);
    for (const { scope, quietForMs } of failing) this.follow(scope, nowMs - quietForMs);
    return [];
  }
}
