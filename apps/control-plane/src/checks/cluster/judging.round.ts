import { type CheckResult, excuseSilence, type ProbeResult } from '@vitals/core/check';
import type { RunningClock } from '@vitals/core/time';
import type { RememberedServices } from '../../services/remembered.services.js';
import type { Check } from '../check.js';
import type { CheckDirectory } from '../check.directory.js';
import type { Happening } from '../check.judge.js';
import type { CheckMassFailure } from '../check.mass-failure.js';
import type { CheckTransition } from '../check.transitions.js';
import { CheckVerdicts } from '../check.verdicts.js';
import type { JudgedCheck, SteadyPass } from './checks.judged.js';
import { SILENCE_GRACE_MS } from './heard.since.js';

/** What was judged in one transaction so far; memory stays as it is until that is durable. */
export class JudgingRound extends CheckVerdicts {
  /** Checks as they will be. */
  private readonly drafts = new Map<Check, Check>();
  private readonly streaks = new Set<Check>();
  readonly checks: JudgedCheck[] = [];
  readonly steady: SteadyPass[] = [];
  readonly transitions: CheckTransition[] = [];

  /** @param heardSinceMs a TTL that was silent before may have been heard by nobody, in running milliseconds */
  constructor(
    directory: CheckDirectory,
    remembered: RememberedServices,
    failures: CheckMassFailure,
    clock: RunningClock,
    private readonly heardSinceMs: number,
  ) {
    super(directory, remembered, failures, clock);
  }

  /** Judges one thing that happened to a check, of which nothing was judged in this round before. */
  judge(happening: Happening): void {
    const { check } = happening;
    const draft = check.draft();
    this.drafts.set(check, draft);
    const before = this.transitions.length;
    const result = this.apply(draft, happening);
    const isTold = this.transitions.length > before;
    if (!isTold && result && isSteady(check, draft, result)) {
      const { key, state } = draft;
      const startedAtMs = state.executedAtMs as number;
      this.steady.push([key, state.successes, startedAtMs, result.atMs, result.durationMs]);
    } else if (isTold || result || draft.state !== check.state || draft.withheld !== check.withheld)
      this.checks.push(judgedOf(draft, result));
  }

  /** How far those have come whose next result depends on it, unless a transition says so. */
  rows(): { key: number; progress: ReturnType<Check['progress']> }[] {
    const told = new Set(this.transitions.map(({ key }) => key));
    const nowMs = this.clock.nowMs();
    return [...this.streaks]
      .filter(({ key }) => !told.has(key))
      .map((draft) => ({ key: draft.key, progress: draft.progress(nowMs) }));
  }

  protected onTransition(transition: CheckTransition): void {
    this.transitions.push(transition);
  }

  protected onStreak(draft: Check): void {
    this.streaks.add(draft);
  }

  protected onJudged(): void {}

  /** What it depends on may have been judged just before. */
  protected override criticalAncestor(draft: Check): Check | undefined {
    return this.directory.criticalAncestor(draft, (check) => this.drafts.get(check) ?? check);
  }

  private apply(draft: Check, happening: Happening): CheckResult | undefined {
    switch (happening.kind) {
      case 'result':
        return this.applyResult(draft, happening.result, happening.startedAtMs);
      case 'due':
        return this.applySilence(draft);
      case 'maintenance': {
        const cause = `a maintenance window ${happening.open ? 'opened' : 'ended'}`;
        this.applyEvent(draft, { kind: 'maintenance', open: happening.open }, cause);
        return undefined;
      }
      case 'excuse':
        this.excuseIfSilent(draft);
        return undefined;
      default:
        return happening satisfies never;
    }
  }

  private applyResult(draft: Check, found: ProbeResult, startedAtMs: number): CheckResult {
    const { outcome, message } = found;
    const durationMs = Math.round(found.durationMs * 100) / 100;
    const result = { atMs: this.wallOf(startedAtMs), outcome, durationMs, message };
    draft.executedAtMs = Math.max(draft.executedAtMs ?? 0, result.atMs);
    draft.results.add(result);
    this.applyEvent(draft, { kind: 'result', outcome, startedAtMs }, message);
    return result;
  }

  private applySilence(draft: Check): CheckResult | undefined {
    const { state: before } = draft;
    const heard = excuseSilence(before, this.heardSinceMs);
    draft.state = heard;
    const cause = `no pass for ${draft.definition.intervalMs / 1_000} s`;
    this.applyEvent(draft, { kind: 'due' }, cause, this.clock.nowMs() - SILENCE_GRACE_MS);
    // what changes nothing is not written
    if (draft.state === heard) draft.state = before;
    if (draft.state.failures === before.failures) return undefined;
    const atMs = this.clock.wallMs();
    return { atMs, outcome: 'failure', message: 'no pass in time', durationMs: 0 };
  }
}

function judgedOf(draft: Check, result: CheckResult | undefined): JudgedCheck {
  const { key, state, sinceMs, failedAtMs, executedAtMs, suppressed, withheld } = draft;
  return { key, state, sinceMs, failedAtMs, executedAtMs, suppressed, withheld, result };
}

/** Whether it passes as it did before, which says all of it that is new. */
function isSteady(check: Check, draft: Check, { outcome, message, atMs }: CheckResult): boolean {
  const { state: before } = check;
  const { state, executedAtMs } = draft;
  return (
    outcome === 'success' &&
    message === check.results.last?.message &&
    atMs === executedAtMs &&
    before.verdict === 'Passing' &&
    state.successes === before.successes + 1 &&
    before.maintenanceSinceMs === undefined &&
    before.failingSinceMs === undefined &&
    before.executeIntervalMs === state.executeIntervalMs
  );
}
