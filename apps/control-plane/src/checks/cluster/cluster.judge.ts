import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { type CancelTimer, RunningClock } from '@vitals/core/time';
import { Instance } from '../../cluster/cluster.identity.js';
import { OwnedPartitions } from '../../cluster/owned.partitions.js';
import type { AnyChange } from '../../database/change.js';
import { DelayLog } from '../../database/delay.log.js';
import { Journal } from '../../database/journal.js';
import { RememberedServices } from '../../services/remembered.services.js';
import { AtShutdown } from '../../shutdown/stages.js';
import { CheckDirectory } from '../check.directory.js';
import { CheckJudge, type Happening } from '../check.judge.js';
import { CheckMassFailure } from '../check.mass-failure.js';
import { transitionsOfChecks } from '../check.transitions.js';
import { checksJudged } from './checks.judged.js';
import { HeardSince } from './heard.since.js';
import { JudgingRound } from './judging.round.js';

/** What is judged at a time, and how much may wait. */
const LIMITS = { batch: 500, waiting: 20_000 };
/** What changes no verdict waits so long for others, in milliseconds. */
const LINGER_MS = 200;
/** What waits for the turn of its check is looked at again after so long, in milliseconds. */
const TURN_MS = 20;

interface Waiting {
  readonly id: string;
  readonly happened: () => Happening | undefined;
  readonly isForOwner: boolean;
  error?: unknown;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Judges on one of several instances: within the transaction that makes it durable, on the copy as it is once all that
 * others have committed is applied. So it does not matter which instance found what.
 *
 * 1. What happened waits until it is the turn of its check, and for others: one commit is for many checks.
 * 2. In the transaction it is asked whether it still counts: whether the run is the one of the check as it is defined
 *    now, and of a partition that is held; what is for the owner to say carries its stamp.
 * 3. Each check is judged as a draft. What becomes of it, with its transitions, is one change.
 * 4. It is durable, and then applied to all copies, this one too.
 *
 * What cannot be written is not judged: whoever reported it is told, and a run is made again at the next tick.
 */
@Injectable()
export class ClusterJudge extends CheckJudge implements OnModuleInit {
  private readonly logger = new Logger('Checks');
  private readonly delay = new DelayLog(this.logger, 'results of checks count for nothing', 'error');
  private waiting: Waiting[] = [];
  private timer: { readonly atMs: number; readonly cancel: CancelTimer } | undefined;
  private isBusy = false;
  private stopped = false;

  constructor(
    private readonly directory: CheckDirectory,
    private readonly remembered: RememberedServices,
    private readonly failures: CheckMassFailure,
    private readonly partitions: OwnedPartitions,
    private readonly heard: HeardSince,
    private readonly instance: Instance,
    private readonly journal: Journal,
    private readonly clock: RunningClock,
  ) {
    super();
  }

  onModuleInit(): void {
    const excuse = (id: string): void => {
      const happened = (): Happening | undefined => {
        const check = this.directory.find(id);
        return check && { kind: 'excuse', check };
      };
      this.judge(id, happened, 'owner').catch(() => undefined);
    };
    this.failures.ends.subscribe((scope) => {
      for (const { id, service, isTtl, state } of this.directory.all())
        if (isTtl && state.failures > 0 && service && (scope === 'fleet' || service.tag === scope.zone))
          excuse(id);
    });
    this.failures.turns.subscribe(({ id }) => excuse(id));
  }

  /** Decides nothing more. */
  @AtShutdown('stop-judging')
  stop(): void {
    this.stopped = true;
    for (const one of this.waiting.splice(0)) one.resolve();
  }

  judge(id: string, happened: () => Happening | undefined, by: 'anyone' | 'owner' = 'anyone'): Promise<void> {
    const isForOwner = by === 'owner';
    if (this.stopped || (isForOwner && !this.partitions.owns(id))) return Promise.resolve();
    if (this.waiting.length >= LIMITS.waiting)
      return Promise.reject(new VitalsError('overloaded', `${LIMITS.waiting} results wait to be judged`));
    return new Promise((resolve, reject) => {
      this.waiting.push({ id, happened, isForOwner, resolve, reject });
      this.plan(this.isSteady(id) ? LINGER_MS : 0);
    });
  }

  /** Whether what happens to it changes nothing, most probably, that anybody waits for. */
  private isSteady(id: string): boolean {
    const check = this.directory.find(id);
    return check !== undefined && !check.isTtl && check.run !== undefined && check.state.failures === 0;
  }

  private plan(inMs: number): void {
    const atMs = this.clock.monotonicMs() + inMs;
    if (this.isBusy || (this.timer && this.timer.atMs <= atMs)) return;
    this.timer?.cancel();
    this.timer = { atMs, cancel: this.clock.after(inMs, () => void this.judgeWaiting()) };
  }

  private async judgeWaiting(): Promise<void> {
    this.timer = undefined;
    this.isBusy = true;
    const batch = this.takeBatch();
    if (batch.length > 0) {
      const committed = this.commit(batch);
      // no change of these checks is decided meanwhile
      for (const { id } of batch) void this.directory.turns.take(id, () => committed);
      await committed;
    }
    this.isBusy = false;
    if (this.waiting.length > 0) this.plan(batch.length > 0 ? 0 : TURN_MS);
  }

  /** Each check once, and none that is being changed. */
  private takeBatch(): Waiting[] {
    const taken = new Map<string, Waiting>();
    const later: Waiting[] = [];
    for (const one of this.waiting) {
      const isFree = taken.size < LIMITS.batch && !taken.has(one.id) && !this.directory.turns.isTaken(one.id);
      if (isFree) taken.set(one.id, one);
      else later.push(one);
    }
    this.waiting = later;
    return [...taken.values()];
  }

  /** Never rejects. */
  private async commit(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.journal.commitWithin(() => this.decide(batch));
      this.delay.succeeded();
      for (const one of batch) if (one.error === undefined) one.resolve();
      for (const one of batch) if (one.error !== undefined) one.reject(one.error);
    } catch (error) {
      // others could not be heard either
      this.heard.interrupt();
      this.delay.failed(error);
      for (const one of batch) one.reject(error);
    }
  }

  /** May be called again; then nothing of what it said before is durable. */
  private decide(batch: readonly Waiting[]): readonly AnyChange[] {
    const { directory, remembered, failures, clock } = this;
    const round = new JudgingRound(directory, remembered, failures, clock, this.heard.ms);
    for (const one of batch) {
      one.error = undefined;
      try {
        this.judgeOne(one, round);
      } catch (error) {
        one.error = error;
      }
    }
    const { checks, steady, transitions } = round;
    if (checks.length + steady.length === 0) return [];
    const judged = checksJudged({
      by: this.instance.id,
      nowMs: clock.nowMs(),
      checks,
      steady,
      rows: round.rows(),
    });
    return transitions.length === 0 ? [judged] : [judged, transitionsOfChecks(transitions)];
  }

  private judgeOne({ id, happened, isForOwner }: Waiting, round: JudgingRound): void {
    if (this.stopped || (isForOwner && !this.isForThis(id))) return;
    const happening = happened();
    if (happening && this.directory.find(id) === happening.check) round.judge(happening);
  }

  private isForThis(id: string): boolean {
    const stamp = this.partitions.stampOf(this.partitions.partitionOf(id));
    return stamp !== undefined && this.partitions.isNewest(stamp);
  }
}
