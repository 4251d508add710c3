import { Injectable } from '@nestjs/common';
import { type CheckResult, shiftCheck } from '@vitals/core/check';
import { RunningClock } from '@vitals/core/time';
import { Subject } from 'rxjs';
import { Instance } from '../../cluster/cluster.identity.js';
import { Feed } from '../../database/feed.js';
import type { Check } from '../check.js';
import { CheckApplier } from '../check.applier.js';
import { CheckDirectory } from '../check.directory.js';
import { CheckHistory } from '../check.history.js';
import { checksJudged, type JudgedCheck, type SteadyPass } from './checks.judged.js';

/**
 * Applies what was judged to the copy of this instance. Times of a state are those of the judge's running clock: here
 * they are as long ago as they were for it. What is applied late happened later for this copy, so it is never ahead of
 * the judge with a deadline.
 */
@Injectable()
export class JudgedChecks {
  private readonly byKey = new Map<number, Check>();
  private readonly appliedSubject = new Subject<Check>();

  /** Checks whose state was judged, each after it was applied. */
  readonly applied = this.appliedSubject.asObservable();

  constructor(
    private readonly directory: CheckDirectory,
    private readonly history: CheckHistory,
    private readonly instance: Instance,
    clock: RunningClock,
    feed: Feed,
    // what defines a check is applied before what was found of it
    _applier: CheckApplier,
  ) {
    directory.changed.subscribe(({ check, what }) => {
      if (what === 'removed') this.byKey.delete(check.key);
      else if (what === 'defined') this.byKey.set(check.key, check);
    });
    feed.on(checksJudged, ({ by, nowMs, checks, steady }) => {
      const isOwn = by === this.instance.id;
      const byMs = isOwn ? 0 : clock.nowMs() - nowMs;
      for (const judged of checks) this.apply(judged, byMs, isOwn);
      for (const pass of steady) this.applyPass(pass, byMs, isOwn);
    });
  }

  private apply(judged: JudgedCheck, byMs: number, isOwn: boolean): void {
    const check = this.byKey.get(judged.key);
    if (!check) return;
    const { status, state: before } = check;
    if (judged.result) this.note(check, judged.result, isOwn);
    check.state = shiftCheck(judged.state, byMs);
    check.sinceMs = judged.sinceMs;
    check.failedAtMs = judged.failedAtMs;
    check.executedAtMs = judged.executedAtMs;
    check.suppressed = judged.suppressed;
    check.withheld = judged.withheld;
    if (check.status !== status || check.state.verdict !== before.verdict) this.tell(check);
    this.appliedSubject.next(check);
  }

  private applyPass(
    [key, successes, startedAtMs, atMs, durationMs]: SteadyPass,
    byMs: number,
    isOwn: boolean,
  ): void {
    const check = this.byKey.get(key);
    if (!check) return;
    const message = check.results.last?.message ?? '';
    this.note(check, { atMs, outcome: 'success', durationMs, message }, isOwn);
    const executedAtMs = startedAtMs + byMs;
    const heard = check.isTtl && { heardAtMs: executedAtMs };
    check.state = { ...check.state, successes, executedAtMs, ...heard };
    check.executedAtMs = atMs;
    this.appliedSubject.next(check);
  }

  /** Uptime is counted, and the results are kept, by the instance that found them. */
  private note(check: Check, result: CheckResult, isOwn: boolean): void {
    if (isOwn) this.history.add(check, result);
    else check.results.add(result);
  }

  /** Subscribers are told with the transition, which comes next. */
  private tell(check: Check): void {
    if (check.service) check.service.critical = check.state.verdict === 'Critical';
    this.directory.noteChange(check, 'judged');
  }
}
