import { Injectable, Logger } from '@nestjs/common';
import { GroupCommit } from '@vitals/core/commit';
import { failureReason } from '@vitals/core/health';
import { Clock } from '@vitals/core/time';
import { AtShutdown, type Buffering, Buffers } from '../shutdown/stages.js';
import type { AnyChange, AnyKind, Change, ChangeKind, Decision, KeyedTransition } from './change.js';
import { CHANGE_LOG, ChangeLog, type Seal } from './change.log.js';
import { Database, type Transaction } from './database.js';
import { type Decide, DecidedCommit } from './decided.commit.js';
import { DelayLog } from './delay.log.js';
import { type Committed, Feed } from './feed.js';
import { TransitionQueue } from './transition.queue.js';

/** Commits of one write, and how many may wait; beyond it callers are told to come again. */
const LIMITS = { maxBatch: 500, maxPending: 100_000 };

/**
 * The one writer of the control plane. Whatever changes goes through it, in order: it becomes durable, gets its place in
 * the feed, and is applied to memory; then its commit resolves. Several commits at a time share one flush to disk.
 */
@Injectable()
@Buffers()
export class Journal implements Buffering {
  private readonly logger = new Logger('Journal');
  private readonly commits: GroupCommit<DecidedCommit, readonly unknown[]>;
  private readonly queues = new Map<AnyKind, TransitionQueue<KeyedTransition>>();
  private readonly log: ChangeLog;
  private readonly companions = new Map<AnyKind, (payload: never) => readonly AnyChange[]>();
  private failure: { readonly why: string; readonly atMs: number } | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly feed: Feed,
  ) {
    this.log = new ChangeLog(database, feed);
    this.commits = new GroupCommit(clock, (commits) => this.write(commits), LIMITS);
  }

  /** Why writing failed, if it failed within the last `withinMs` milliseconds and nothing was written since. */
  recentFailure(withinMs: number): string | undefined {
    const { failure } = this;
    return failure && this.clock.monotonicMs() - failure.atMs < withinMs ? failure.why : undefined;
  }

  /** Has what is written of a kind made unreadable for whoever reads the database; it is applied as it is. */
  sealBy<P>(kind: ChangeKind<P>, seal: Seal<P>): void {
    this.log.sealBy(kind, seal);
  }

  /** Has more made durable together with what became durable of each change of a kind, right after it. */
  accompany<P>(kind: ChangeKind<P>, companions: (payload: P) => readonly AnyChange[]): void {
    this.companions.set(kind, companions);
  }

  /**
   * Makes a change durable and applies it.
   * @returns what became durable of it
   * @throws VitalsError `store-unavailable`, `overloaded`; nothing is kept then. If the connection to the database ended
   *   during the commit, it may turn out later that it is durable; it is applied then
   */
  async commit<P>(decision: Decision<Change<P>>): Promise<P> {
    const [payload] = await this.add(
      typeof decision === 'function' ? async (reader) => [await decision(reader)] : [decision],
    );
    return payload as P;
  }

  /** Makes several changes durable together or not at all, in this order. @throws as `commit` */
  async commitAll(decision: Decision<readonly AnyChange[]>): Promise<void> {
    await this.add(decision);
  }

  /**
   * Makes durable what is decided within the transaction, by what everybody has committed until then; memory is as it is
   * without the other commits of the same write, so that two of them may both be decided, and only one be recorded.
   * @param decide may be called again @throws as `commit`
   */
  async commitWithin(decide: Decide): Promise<void> {
    await this.commits.add(DecidedCommit.within(decide));
  }

  /** Applies what other processes have committed since; resolves when that is done. */
  follow(): Promise<void> {
    return this.database.betweenCommits(() => this.log.catchUp(this.database));
  }

  /**
   * Records decided transitions, after those of their kind that still wait; they are never given up.
   * @throws VitalsError `store-unavailable` if they are not durable yet; they are kept and tried again all the same
   */
  record<T extends KeyedTransition>(
    kind: ChangeKind<readonly T[]>,
    transitions: readonly T[],
  ): Promise<void> {
    return this.queueOf(kind).add(transitions);
  }

  /** Whether a transition of this subject is decided, but not durable yet. */
  isUnsettled<T extends KeyedTransition>(kind: ChangeKind<readonly T[]>, key: number): boolean {
    return this.queueOf(kind).isUnsettled(key);
  }

  /** Resolves when every transition of this kind decided so far is durable. @throws VitalsError `store-unavailable` */
  settle<T extends KeyedTransition>(kind: ChangeKind<readonly T[]>): Promise<void> {
    return this.queueOf(kind).settle();
  }

  async flush(): Promise<void> {
    await Promise.allSettled([...this.queues.values()].map((queue) => queue.settle()));
    await this.commits.drain();
  }

  unwritten(): Readonly<Record<string, number>> {
    const queued = [...this.queues].map(([{ kindName }, { pending }]) => [
      kindName.replaceAll('-', ' '),
      pending,
    ]);
    return { ...Object.fromEntries(queued), changes: this.commits.pending };
  }

  @AtShutdown('checkpoint')
  async checkpoint(): Promise<void> {
    await this.database.checkpoint();
  }

  @AtShutdown('close')
  async close(): Promise<void> {
    await this.database.close();
  }

  private async add(decision: Decision<readonly AnyChange[]>): Promise<readonly unknown[]> {
    const { isShared } = this.database;
    const catchUp = isShared ? () => this.follow() : undefined;
    const commit = await DecidedCommit.of(decision, this.database, () => this.feed.foreignBatches, catchUp);
    // that there is nothing to do may be due to what others have changed
    return commit.isEmpty && !isShared ? [] : this.commits.add(commit);
  }

  private queueOf<T extends KeyedTransition>(kind: ChangeKind<readonly T[]>): TransitionQueue<T> {
    const known = this.queues.get(kind);
    if (known) return known as never;
    const what = `${kind.kindName.replaceAll('-', ' ')} wait to be written`;
    const write = (transitions: readonly T[]): Promise<unknown> => this.commit(kind(transitions));
    const queue = new TransitionQueue<T>(this.clock, write, new DelayLog(this.logger, what, 'error'));
    this.queues.set(kind, queue as never);
    return queue;
  }

  private async write(commits: readonly DecidedCommit[]): Promise<readonly (readonly unknown[])[]> {
    try {
      const written = await this.database.transaction(
        (transaction) => this.writeAll(transaction, commits),
        (all) => this.feed.apply(all.flat()),
      );
      this.failure = undefined;
      return written.map((commit) => commit.map(({ change }) => change.payload));
    } catch (error) {
      this.failure = { why: failureReason(error), atMs: this.clock.monotonicMs() };
      throw error;
    }
  }

  private async writeAll(
    transaction: Transaction,
    commits: readonly DecidedCommit[],
  ): Promise<readonly (readonly Committed[])[]> {
    // what others committed until now is known from here on, and nobody commits more before this ends
    await this.log.catchUp(transaction, (await transaction.number(CHANGE_LOG, 'number', 0)) - 1);
    const written: AnyChange[][] = [];
    for (const commit of commits) {
      const changes: AnyChange[] = [];
      const decided = await commit.changes(transaction, this.feed.foreignBatches);
      for (const change of decided) changes.push(...(await this.writeOne(transaction, change)));
      written.push(changes);
    }
    return this.log.append(transaction, written);
  }

  private async writeOne(transaction: Transaction, { kind, payload }: AnyChange): Promise<AnyChange[]> {
    const sealed = this.log.sealed(kind, payload);
    const written = [{ kind, payload: (await kind.write(transaction, sealed as never)) ?? payload }];
    const companions = this.companions.get(kind)?.(written[0]?.payload as never) ?? [];
    for (const companion of companions) written.push(...(await this.writeOne(transaction, companion)));
    return written;
  }
}
