import type { Clock } from '@vitals/core/time';
import type { Change } from '../../../../apps/control-plane/src/database/change.js';
import type { CheckTransition } from '../../../../apps/control-plane/src/api-docs/schemas/checks.js';
import type { StoredProgress } from '../../../../apps/control-plane/src/database/check.change.js';
import type { ControlPlaneStore, Outcome } from '../../../../apps/control-plane/src/database/control-plane.store.js';
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
    store: ControlPlaneStore,
    private readonly watcher: JournalWatcher,
  ) {
    super(clock, store);
  }

  override recordChecks(transitions: readonly CheckTransition[]): Promise<void> {
    for (const transition of transitions) {
      this.watcher.noted(transition.progress);
      this.watcher.decided(transition);
    }
    return super.recordChecks(transitions);
  }

  override commit(change: Change): Promise<Outcome> {
    if (change.kind === 'check-progress')
      for (const { progress } of change.progress) this.watcher.noted(progress);
    return super.commit(change);
  }
}
