import { Injectable, Logger } from '@nestjs/common';
import { GroupCommit, WriteBehind } from '@vitals/core/commit';
import { failureReason } from '@vitals/core/health';
import type { RecordedTransition } from '@vitals/core/transition';
import { Clock } from '@vitals/core/time';
import { Subject } from 'rxjs';
import { AtShutdown, type Buffering, Buffers } from '../shutdown/stages.js';
import type { CheckTransition } from './check.change.js';
import type { Change, KeyedTransition, StoredReport } from './change.js';
import { ControlPlaneStore, type Outcome } from './control-plane.store.js';
import { DelayLog } from './delay.log.js';
import { CheckSecrets } from './secrets/check-secrets.js';
import { TransitionQueue } from './transition.queue.js';

/** Changes of one write, and how many may wait; beyond it callers are told to come again. */
const LIMITS = { maxBatch: 500, maxPending: 100_000 };
/** Beats are written within about a second, in writes of half a millisecond each. */
const PACE = { lingerMs: 750, slice: 250 };

/** Who has a report that changes with every beat: what it says at the time of writing is what is written. */
export interface Reporter extends StoredReport {
  readonly key: number;
  /** It is gone, and nothing of it is written any more. */
  readonly removed: boolean;
  /** It waits to be written; the journal's own. */
  touched: boolean;
}

/**
 * The one writer of the control plane. Whatever is written goes through it, in order, and several changes at
 * a time share one flush to disk. A decided transition is never given up.
 */
@Injectable()
@Buffers()
export class Journal implements Buffering {
  private readonly logger = new Logger('Journal');
  private readonly reportDelay = new DelayLog(this.logger, 'heartbeats wait to be written');
  private readonly commits: GroupCommit<Change, Outcome>;
  private readonly behind: WriteBehind<Reporter>;
  private readonly queue: TransitionQueue<KeyedTransition>;
  private readonly checkQueue: TransitionQueue<CheckTransition>;
  private failure: { readonly why: string; readonly atMs: number } | undefined;
  private readonly recordedSubject = new Subject<readonly RecordedTransition[]>();
  private sequence = 0;

  /** Transitions, each once, in the order of their sequence, after they became durable. */
  readonly recorded = this.recordedSubject.asObservable();

  constructor(
    private readonly clock: Clock,
    private readonly store: ControlPlaneStore,
    secrets: CheckSecrets = new CheckSecrets(),
  ) {
    this.commits = new GroupCommit(
      clock,
      async (changes) => {
        const outcomes = await this.noteFailure(
          store.commit(changes.map((change) => secrets.sealChange(change))),
        );
        for (const outcome of outcomes) this.publish(outcome);
        return outcomes;
      },
      LIMITS,
    );
    this.behind = new WriteBehind(
      clock,
      (reporters) => this.writeReports(reporters),
      PACE,
      (error) => this.reportDelay.failed(error),
    );
    const delayOf = (whose: string): DelayLog =>
      new DelayLog(this.logger, `transitions of ${whose} wait to be written`, 'error');
    this.queue = new TransitionQueue(
      clock,
      (transitions) => this.commits.add({ kind: 'transitions', transitions }),
      delayOf('providers'),
    );
    this.checkQueue = new TransitionQueue(
      clock,
      (transitions) => this.commits.add({ kind: 'check-transitions', transitions }),
      delayOf('checks'),
    );
  }

  /** The sequence number of the last transition that is durable. */
  get lastSequence(): number {
    return this.sequence;
  }

  /** Says which transition was the last before this process began. */
  continueFrom(lastSequence: number): void {
    this.sequence = lastSequence;
  }

  /** Why writing failed, if it failed within the last `withinMs` milliseconds and nothing was written since. */
  recentFailure(withinMs: number): string | undefined {
    const { failure } = this;
    return failure && this.clock.monotonicMs() - failure.atMs < withinMs ? failure.why : undefined;
  }

  /** Makes a change durable. @throws VitalsError `store-unavailable`, `overloaded`; nothing is kept then */
  commit(change: Change): Promise<Outcome> {
    return this.commits.add(change);
  }

  /** Writes what a reporter says within about a second; many changes in between become one write. */
  touch(reporter: Reporter): void {
    if (reporter.touched) return;
    reporter.touched = true;
    this.behind.mark(reporter);
  }

  /** Whether a transition of this provider is decided, but not durable yet. */
  isUnsettled(key: number): boolean {
    return this.queue.isUnsettled(key);
  }

  /**
   * Records transitions, after those that still wait.
   * @throws VitalsError `store-unavailable` if they are not durable yet; they are kept and tried again all the same
   */
  record(transitions: readonly KeyedTransition[]): Promise<void> {
    return this.queue.add(transitions);
  }

  /** As `record`, for transitions of checks. */
  recordChecks(transitions: readonly CheckTransition[]): Promise<void> {
    return this.checkQueue.add(transitions);
  }

  /** Resolves when every transition of a provider decided so far is durable. @throws VitalsError `store-unavailable` */
  settle(): Promise<void> {
    return this.queue.settle();
  }

  /** As `settle`, for transitions of checks. */
  settleChecks(): Promise<void> {
    return this.checkQueue.settle();
  }

  async flush(): Promise<void> {
    await Promise.allSettled([this.queue.settle(), this.checkQueue.settle()]);
    await this.behind.flush();
    await this.commits.drain();
  }

  unwritten(): Readonly<Record<string, number>> {
    return {
      'transitions of providers': this.queue.pending,
      'transitions of checks': this.checkQueue.pending,
      'receive times of providers': this.behind.pending,
      changes: this.commits.pending,
    };
  }

  @AtShutdown('checkpoint')
  async checkpoint(): Promise<void> {
    await this.store.checkpoint();
  }

  @AtShutdown('close')
  async close(): Promise<void> {
    await this.store.close();
  }

  private publish(recorded: Outcome): void {
    const last = recorded.at(-1);
    if (!last) return;
    this.sequence = last.sequence;
    this.recordedSubject.next(recorded);
  }

  private async noteFailure<T>(write: Promise<T>): Promise<T> {
    try {
      const outcome = await write;
      this.failure = undefined;
      return outcome;
    } catch (error) {
      this.failure = { why: failureReason(error), atMs: this.clock.monotonicMs() };
      throw error;
    }
  }

  private async writeReports(reporters: readonly Reporter[]): Promise<void> {
    // what is said from here on is not part of this write
    for (const reporter of reporters) reporter.touched = false;
    const reports = reporters.filter(({ removed }) => !removed).map(reportOf);
    if (reports.length > 0) await this.commits.add({ kind: 'reports', reports });
    this.reportDelay.succeeded();
  }
}

/** What a reporter says now, and nothing else of it. */
export function reportOf(reporter: Reporter): StoredReport & { readonly key: number } {
  const { key, phase, reportedAtMs, heardAtMs, advertisedMs } = reporter;
  return { key, phase, reportedAtMs, heardAtMs, advertisedMs };
}
