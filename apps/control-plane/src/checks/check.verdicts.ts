import type { Suppression } from '@vitals/core/transition';
import { advance, type CheckEffect, type CheckEvent, type CheckStatus } from '@vitals/core/check';
import type { RunningClock } from '@vitals/core/time';
import type { RememberedServices } from '../services/remembered.services.js';
import type { Check } from './check.js';
import type { CheckDirectory } from './check.directory.js';
import type { CheckMassFailure } from './check.mass-failure.js';
import type { CheckTransition } from './check.transitions.js';

/** What an event makes of a check, with all that follows for others; how that becomes durable is for whoever extends it. */
export abstract class CheckVerdicts {
  protected constructor(
    protected readonly directory: CheckDirectory,
    private readonly memories: RememberedServices,
    protected readonly failures: CheckMassFailure,
    protected readonly clock: RunningClock,
  ) {}

  /** A transition was decided; the check is as it is after that. */
  protected abstract onTransition(transition: CheckTransition): void;
  /** A streak began, went on or ended. */
  protected abstract onStreak(check: Check): void;
  /** Its status changed. */
  protected abstract onJudged(check: Check): void;

  /** The check on which this one depends that is Critical. */
  protected criticalAncestor(check: Check): Check | undefined {
    return this.directory.criticalAncestor(check);
  }

  /** Changes the check. @param nowMs of the running clock */
  protected applyEvent(check: Check, event: CheckEvent, cause: string, nowMs = this.clock.nowMs()): void {
    if (check.removed || check.leaving) return;
    const removalFrozen = this.failures.isFrozen(check);
    // its turn has come, or its environment is well again, while the mass failure goes on elsewhere
    const isExcused = check.withheld && !removalFrozen && check.isTtl && check.state.failures > 0;
    check.withheld = removalFrozen && check.isTtl && check.state.failures > 0;
    if (isExcused) this.excuseOne(check);
    const { failures } = check.state;
    const step = advance(check.state, event, nowMs, check.definition, { removalFrozen });
    check.state = step.state;
    if (step.state.failures !== failures) this.onStreak(check);
    const { failingSinceMs } = step.state;
    if (failingSinceMs === undefined) check.failedAtMs = undefined;
    else check.failedAtMs ??= this.wallOf(failingSinceMs);
    for (const effect of step.effects) this.carryOut(check, effect, cause);
    if (event.kind !== 'maintenance' && step.effects.length === 0) this.notifyLate(check, cause);
  }

  /** A mass failure has ended that silenced a TTL: from its own turn on, so that those excused at once are not removed at once. */
  protected excuseIfSilent(check: Check): void {
    if (!check.isTtl || check.state.failures === 0) return;
    check.withheld = false;
    this.excuseOne(check);
  }

  protected wallOf(runningMs: number): number {
    return this.clock.wallMs() - Math.round(this.clock.nowMs() - runningMs);
  }

  private excuseOne(check: Check): void {
    const event = { kind: 'result', outcome: 'unjudged', startedAtMs: this.clock.nowMs() } as const;
    this.applyEvent(check, event, 'the mass failure has ended');
  }

  /** Nobody was told that it failed, for what it depends on was critical; that is well again, and this is not. */
  private notifyLate(check: Check, cause: string): void {
    const { failures, maintenanceSinceMs } = check.state;
    if (check.suppressed !== 'parent' || failures === 0 || maintenanceSinceMs !== undefined) return;
    if (this.criticalAncestor(check)) return;
    const late = `what it depends on is well again, and this is not: ${cause}`;
    this.decide(check, check.status, check.status, late, undefined);
  }

  private carryOut(check: Check, effect: CheckEffect, cause: string): void {
    if (effect.kind === 'deregister') {
      const forS = check.definition.deregisterAfterMs / 1_000;
      // others are told once it is durable; nobody is sent there meanwhile, for it is critical
      check.leaving = true;
      const removed = `critical for more than ${forS} s: ${cause}`;
      return this.decide(check, check.status, 'Removed', removed, undefined);
    }
    const suppressed = effect.notify ? this.suppressionOf(check, effect.to) : 'maintenance';
    this.decide(check, effect.from, effect.to, cause, suppressed);
    this.onJudged(check);
  }

  private suppressionOf(check: Check, to: CheckStatus): Suppression | undefined {
    // of a failure that nobody was told of, nobody is told that it is over
    if (to === 'Passing') return check.suppressed === 'parent' ? 'parent' : undefined;
    return this.criticalAncestor(check) ? 'parent' : undefined;
  }

  private decide(
    check: Check,
    from: CheckStatus,
    to: CheckStatus | 'Removed',
    cause: string,
    suppressed: Suppression | undefined,
  ): void {
    const atMs = this.clock.wallMs();
    if (from !== to) check.sinceMs = atMs;
    if (suppressed !== 'maintenance') check.suppressed = to === 'Passing' ? undefined : suppressed;
    const remembers = to === 'Removed' && check.service && this.memories.memoryOf(check.service.stored);
    this.onTransition({
      ...check.transition(to, cause, atMs, check.progress(this.clock.nowMs())),
      from,
      ...(suppressed && { suppressed }),
      ...(remembers && { remembers }),
    });
  }
}
