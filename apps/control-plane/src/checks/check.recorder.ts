import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { GuardedScope } from '@vitals/core/mass-failure';
import type { Suppression } from '@vitals/core/transition';
import {
  advance,
  type CheckEffect,
  type CheckEvent,
  type CheckStatus,
  type ProbeResult,
} from '@vitals/core/check';
import { RunningClock } from '@vitals/core/time';
import { Journal } from '../database/journal.js';
import { RememberedServices } from '../services/remembered.services.js';
import { AtShutdown } from '../shutdown/stages.js';
import type { Check } from './check.js';
import { CheckDirectory } from './check.directory.js';
import { CheckMassFailure } from './check.mass-failure.js';
import { CheckHistory } from './check.history.js';
import { transitionsOfChecks } from './check.transitions.js';

/**
 * Carries out what an event makes of a check. The only place that changes the state of one before it is durable. Called
 * while no change of the check is being decided or written: see `CheckDirectory.betweenTurns`.
 */
@Injectable()
export class CheckRecorder implements OnModuleInit {
  private stopped = false;

  constructor(
    private readonly directory: CheckDirectory,
    private readonly remembered: RememberedServices,
    private readonly failures: CheckMassFailure,
    private readonly history: CheckHistory,
    private readonly journal: Journal,
    private readonly clock: RunningClock,
  ) {}

  onModuleInit(): void {
    this.failures.ends.subscribe((scope) => this.excuse(scope));
    this.failures.turns.subscribe((check) => {
      void this.directory.betweenTurns(check.id, () => this.excuseSilent(check));
    });
  }

  /** Decides nothing more; what was decided is told as it becomes durable. */
  @AtShutdown('stop-judging')
  stop(): void {
    this.stopped = true;
  }

  /** A run, or a message for a TTL, ended with this result. @param startedAtMs of the running clock */
  onResult(check: Check, result: ProbeResult, startedAtMs: number): void {
    if (this.stopped || check.removed || check.leaving) return;
    const { outcome, message } = result;
    const durationMs = Math.round(result.durationMs * 100) / 100;
    const atMs = this.wallOf(startedAtMs);
    check.executedAtMs = Math.max(check.executedAtMs ?? 0, atMs);
    this.history.add(check, { atMs, outcome, durationMs, message });
    this.applyEvent(check, { kind: 'result', outcome, startedAtMs }, message);
  }

  /** The deadline of a TTL may be over. */
  onDeadline(check: Check): void {
    const { failures } = check.state;
    const silentForMs = check.definition.intervalMs;
    this.applyEvent(check, { kind: 'due' }, `no pass for ${silentForMs / 1_000} s`);
    if (check.state.failures === failures) return;
    const atMs = this.clock.wallMs();
    this.history.add(check, { atMs, outcome: 'failure', message: 'no pass in time', durationMs: 0 });
  }

  onMaintenance(check: Check, open: boolean): void {
    const cause = `a maintenance window ${open ? 'opened' : 'ended'}`;
    this.applyEvent(check, { kind: 'maintenance', open }, cause);
  }

  /**
   * A mass failure has ended: a TTL that it silenced may be well, and its next pass on its way, so that it has to be
   * silent for an interval more before it is removed. What is looked at has to fail once more anyway.
   */
  private excuse(scope: GuardedScope): void {
    for (const check of this.directory.all()) {
      const isOfScope = check.service && (scope === 'fleet' || check.service.tag === scope.zone);
      if (isOfScope) void this.directory.betweenTurns(check.id, () => this.excuseSilent(check));
    }
  }

  /** From its own turn on, so that those that were excused at once are not removed at once. */
  private excuseSilent(check: Check): void {
    if (!check.isTtl || check.state.failures === 0) return;
    check.withheld = false;
    this.excuseOne(check);
  }

  private excuseOne(check: Check): void {
    const event = { kind: 'result', outcome: 'unjudged', startedAtMs: this.clock.nowMs() } as const;
    this.applyEvent(check, event, 'the mass failure has ended');
  }

  private applyEvent(check: Check, event: CheckEvent, cause: string): void {
    if (this.stopped || check.removed || check.leaving) return;
    const removalFrozen = this.failures.isFrozen(check);
    // its turn has come, or its environment is well again, while the mass failure goes on elsewhere
    const isExcused = check.withheld && !removalFrozen && check.isTtl && check.state.failures > 0;
    check.withheld = removalFrozen && check.isTtl && check.state.failures > 0;
    if (isExcused) this.excuseOne(check);
    const nowMs = this.clock.nowMs();
    const { failures } = check.state;
    const step = advance(check.state, event, nowMs, check.definition, { removalFrozen });
    check.state = step.state;
    if (step.state.failures !== failures) this.history.noteStreak(check);
    const { failingSinceMs } = step.state;
    if (failingSinceMs === undefined) check.failedAtMs = undefined;
    else check.failedAtMs ??= this.wallOf(failingSinceMs);
    for (const effect of step.effects) this.carryOut(check, effect, cause);
    if (event.kind !== 'maintenance' && step.effects.length === 0) this.notifyLate(check, cause);
  }

  /** Nobody was told that it failed, for what it depends on was critical; that is well again, and this is not. */
  private notifyLate(check: Check, cause: string): void {
    const { failures, maintenanceSinceMs } = check.state;
    if (check.suppressed !== 'parent' || failures === 0 || maintenanceSinceMs !== undefined) return;
    if (this.directory.criticalAncestor(check)) return;
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
    if (check.service) check.service.critical = check.state.verdict === 'Critical';
    this.directory.noteChange(check, 'judged');
  }

  private suppressionOf(check: Check, to: CheckStatus): Suppression | undefined {
    // of a failure that nobody was told of, nobody is told that it is over
    if (to === 'Passing') return check.suppressed === 'parent' ? 'parent' : undefined;
    return this.directory.criticalAncestor(check) ? 'parent' : undefined;
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
    const remembers = to === 'Removed' && check.service && this.remembered.memoryOf(check.service.stored);
    const transition = {
      ...check.transition(to, cause, atMs, check.progress(this.clock.nowMs())),
      from,
      ...(suppressed && { suppressed }),
      ...(remembers && { remembers }),
    };
    // what cannot be written now is kept and written as soon as it can be
    this.journal.record(transitionsOfChecks, [transition]).catch(() => undefined);
  }

  private wallOf(runningMs: number): number {
    return this.clock.wallMs() - Math.round(this.clock.nowMs() - runningMs);
  }
}
