import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { GuardedScope } from '@vitals/core/mass-failure';
import type { CheckEvent, ProbeResult } from '@vitals/core/check';
import { RunningClock } from '@vitals/core/time';
import { Journal } from '../database/journal.js';
import { RememberedServices } from '../services/remembered.services.js';
import { AtShutdown } from '../shutdown/stages.js';
import type { Check } from './check.js';
import { CheckDirectory } from './check.directory.js';
import { CheckMassFailure } from './check.mass-failure.js';
import { CheckHistory } from './check.history.js';
import { type CheckTransition, transitionsOfChecks } from './check.transitions.js';
import { CheckVerdicts } from './check.verdicts.js';

/**
 * Carries out what an event makes of a check. The only place that changes the state of one before it is durable. Called
 * while no change of the check is being decided or written: see `CheckDirectory.betweenTurns`.
 */
@Injectable()
export class CheckRecorder extends CheckVerdicts implements OnModuleInit {
  private stopped = false;

  constructor(
    directory: CheckDirectory,
    remembered: RememberedServices,
    failures: CheckMassFailure,
    private readonly history: CheckHistory,
    private readonly journal: Journal,
    clock: RunningClock,
  ) {
    super(directory, remembered, failures, clock);
  }

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
   * A TTL was silent during a mass failure that has ended: it may be well, and its next pass on its way, so that it has
   * to be silent for an interval more before it is removed. What is looked at has to fail once more anyway.
   */
  excuseSilent(check: Check): void {
    this.excuseIfSilent(check);
  }

  protected onTransition(transition: CheckTransition): void {
    // what cannot be written now is kept and written as soon as it can be
    this.journal.record(transitionsOfChecks, [transition]).catch(() => undefined);
  }

  protected onStreak(check: Check): void {
    this.history.noteStreak(check);
  }

  protected onJudged(check: Check): void {
    if (check.service) check.service.critical = check.state.verdict === 'Critical';
    this.directory.noteChange(check, 'judged');
  }

  protected override applyEvent(check: Check, event: CheckEvent, cause: string): void {
    if (!this.stopped) super.applyEvent(check, event, cause);
  }

  private excuse(scope: GuardedScope): void {
    for (const check of this.directory.all()) {
      const isOfScope = check.service && (scope === 'fleet' || check.service.tag === scope.zone);
      if (isOfScope) void this.directory.betweenTurns(check.id, () => this.excuseSilent(check));
    }
  }
}
