import type { Clock } from '@vitals/core/time';
import type { StoredProgress } from '../../../../apps/control-plane/src/checks/check.rows.js';
import {
  checkProgress,
  type CheckTransition,
  transitionsOfChecks,
} from '../../../../apps/control-plane/src/checks/check.transitions.js';
import type {
  AnyChange,
  AnyKind,
  ChangeKind,
  Decision,
  KeyedTransition,
} from '../../../../apps/control-plane/src/database/change.js';
import type { Database } from '../../../../apps/control-plane/src/database/database.js';
import type { Feed } from '../../../../apps/control-plane/src/database/feed.js';
import { Journal } from '../../../../apps/control-plane/src/database/journal.js';

/** What is told of what a process hands to its journal. */
export interface JournalWatcher {
  /** A check was judged; nothing of it is durable yet. */
  decided(transition: CheckTransition): void;
  /** This was taken down of a check, at this instant. */
  noted(progress: StoredProgress): void;
}

/** The journal of the product, which is watched. */
export class WatchedJournal extends Journal {
  constructor(
    clock: Clock,
    database: Database,
    feed: Feed,
    private readonly watcher: JournalWatcher,
  ) {
    super(clock, database, feed);
  }

  override record<T extends KeyedTransition>(
    kind: ChangeKind<readonly T[]>,
    transitions: readonly T[],
  ): Promise<void> {
    const ofChecks = (kind as AnyKind) === transitionsOfChecks ? transitions : [];
    for (const transition of ofChecks as unknown as readonly CheckTransition[]) {
      this.watcher.noted(transition.progress);
      this.watcher.decided(transition);
    }
    return super.record(kind, transitions);
  }

  override commitAll(decision: Decision<readonly AnyChange[]>): Promise<void> {
    if (typeof decision !== 'function') return super.commitAll(this.watched(decision));
    return super.commitAll(async (reader) => this.watched(await decision(reader)));
  }

  private watched(changes: readonly AnyChange[]): readonly AnyChange[] {
    for (const { kind, payload } of changes)
      if (kind === checkProgress)
        for (const { progress } of payload as readonly { progress: StoredProgress }[])
          this.watcher.noted(progress);
    return changes;
  }
}
