import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { GroupCommit, WriteBehind } from '@vitals/core/commit';
import type { RecordedTransition, Transition } from '@vitals/core/lease';
import { type CancelTimer, Clock } from '@vitals/core/time';
import { Subject } from 'rxjs';
import { type Change, ControlPlaneStore, type Outcome, type StoredReport } from './control-plane.store.js';

/** How long the journal waits before it tries a transition again that could not be written, in milliseconds. */
const RETRY_MS = 1_000;

/** Decided transitions of one subject, oldest first; only one attempt to write them runs at a time. */
interface TransitionQueue {
  readonly waiting: Transition[];
  attempt: Promise<void> | undefined;
}

/** Gives the newest report of a provider at the time of writing; `undefined` if it is gone. */
export type ReportSource = (name: string) => StoredReport | undefined;

/**
 * The one writer of the control plane. Whatever is written goes through it, in order, and several changes at
 * a time share one flush to disk. A decided transition is never given up: what cannot be written now is
 * written as soon as it can be, before any later one of its subject.
 */
@Injectable()
export class Journal implements OnApplicationShutdown {
  private readonly logger = new Logger('Journal');
  private readonly commits: GroupCommit<Change, Outcome>;
  private readonly behind: WriteBehind<string>;
  private readonly queues = new Map<string, TransitionQueue>();
  private retry: CancelTimer | undefined;
  private failure: { readonly why: string; readonly atMs: number } | undefined;
  private reportOf: ReportSource = () => undefined;
  private readonly recordedSubject = new Subject<RecordedTransition>();

  /** Transitions, each once, in the order of their sequence, after they became durable. */
  readonly recorded = this.recordedSubject.asObservable();

  constructor(
    private readonly clock: Clock,
    store: ControlPlaneStore,
  ) {
    this.commits = new GroupCommit(clock, async (changes) => {
      const outcomes = await this.noteFailure(store.commit(changes));
      for (const outcome of outcomes) if (outcome) this.recordedSubject.next(outcome);
      return outcomes;
    });
    this.behind = new WriteBehind(
      clock,
      (names) => this.writeReports(names),
      undefined,
      (error) => this.logger.warn(`heartbeats wait to be written: ${describe(error)}`),
    );
  }

  /** Why writing failed, if it failed within the last `withinMs` milliseconds and nothing was written since. */
  recentFailure(withinMs: number): string | undefined {
    const { failure } = this;
    return failure && this.clock.monotonicMs() - failure.atMs < withinMs ? failure.why : undefined;
  }

  /** Says where the newest report of a provider is read from. */
  readReportsFrom(source: ReportSource): void {
    this.reportOf = source;
  }

  /** Makes a change durable. @throws VitalsError `store-unavailable`, `overloaded`; nothing is kept then */
  commit(change: Change): Promise<Outcome> {
    return this.commits.add(change);
  }

  /** Writes the report of a provider within about a second; many in between become one. */
  touch(name: string): void {
    this.behind.mark(name);
  }

  /** Whether a transition of this subject is decided, but not durable yet. */
  isUnsettled(subject: string): boolean {
    return this.queues.has(subject);
  }

  /**
   * Records a transition, after those of its subject that still wait.
   * @throws VitalsError `store-unavailable` if it is not durable yet; it is kept and tried again all the same
   */
  record(transition: Transition): Promise<void> {
    const queue = this.queues.get(transition.subject) ?? { waiting: [], attempt: undefined };
    queue.waiting.push(transition);
    this.queues.set(transition.subject, queue);
    return this.settle(transition.subject);
  }

  /** Resolves when every transition of the subject that waits is durable. @throws VitalsError `store-unavailable` */
  settle(subject: string): Promise<void> {
    const queue = this.queues.get(subject);
    if (!queue) return Promise.resolve();
    return (queue.attempt ??= this.write(subject, queue).finally(() => (queue.attempt = undefined)));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.behind.flush();
    await this.commits.drain();
  }

  private async write(subject: string, { waiting }: TransitionQueue): Promise<void> {
    try {
      while (waiting.length > 0) {
        await this.commits.add({ kind: 'transition', transition: waiting[0] as Transition });
        waiting.shift();
      }
      this.queues.delete(subject);
    } catch (error) {
      this.retryLater(error);
      throw error;
    }
  }

  private async noteFailure<T>(write: Promise<T>): Promise<T> {
    try {
      const outcome = await write;
      this.failure = undefined;
      return outcome;
    } catch (error) {
      this.failure = { why: describe(error), atMs: this.clock.monotonicMs() };
      throw error;
    }
  }

  private retryLater(error: unknown): void {
    if (this.retry) return;
    this.logger.error(`transitions wait to be written: ${describe(error)}`);
    this.retry = this.clock.after(RETRY_MS, () => {
      this.retry = undefined;
      for (const subject of this.queues.keys()) this.settle(subject).catch(() => undefined);
    });
  }

  private writeReports(names: readonly string[]): Promise<Outcome> {
    const reports = names.flatMap((name) => {
      const report = this.reportOf(name);
      return report ? [{ name, ...report }] : [];
    });
    return this.commits.add({ kind: 'reports', reports });
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
