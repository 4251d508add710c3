import type { Change } from '../database/change.js';
import type { StoredService } from '../database/check.change.js';

/** What has to become durable, and what follows in memory once it is. */
export interface PlannedChange {
  readonly changes: readonly Change[];
  /**
   * Called once after the changes became durable, never if they did not; must not throw. The node that was registered
   * is in the directory by then.
   */
  readonly apply: () => void;
}

/** What the registry asks of whoever checks the nodes, so that a node and its check become durable together. */
export abstract class ServiceChecks {
  /**
   * The check of a node that registers, or registers again under the same key: its failures are forgotten then, and
   * it is not critical any more; of one that does not fail only what it says of its check changes, and there are no
   * changes if that is what it said before. For a node that registers without a check: what ends the one that it had, if it had one; the row of the node is
   * written after these changes, and before those that define a check.
   * @throws VitalsError for a check that cannot be; nothing is registered then
   */
  abstract define(service: StoredService): PlannedChange;

  /**
   * The check of a node that was removed because it failed, and says now that it is well: as it was, and Passing if
   * that is all there is to know; where it is looked at, Pending, and looked at at once.
   */
  abstract restore(service: StoredService): PlannedChange;

  /** What ends the check of a node that goes, and the row of the node with it; no changes if it has no check. */
  abstract end(service: StoredService): PlannedChange;
}
