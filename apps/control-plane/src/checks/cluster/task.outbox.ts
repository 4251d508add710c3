import { Injectable, type OnModuleInit } from '@nestjs/common';
import { OwnedPartitions } from '../../cluster/owned.partitions.js';
import { type AnyChange, changeKind } from '../../database/change.js';
import { oneOf } from '../../database/database.js';
import { Journal } from '../../database/journal.js';
import { integer, type Row, table, text } from '../../database/table.js';
import { checkDefined } from '../check.rows.js';
import { transitionsOfChecks } from '../check.transitions.js';

/** Checks whose task the topic of the scheduler does not tell yet as it is. */
export const TASK_OUTBOX = table('task_outbox', {
  /** The id of the check. */
  name: text().key(),
  partition: integer(),
});

/** The task of a check is to be told. */
export const taskWaits = changeKind<readonly Row<typeof TASK_OUTBOX>[]>('task-waits', {
  write: (transaction, rows) => transaction.put(TASK_OUTBOX, rows),
});

/** The tasks of these checks were told as they are. */
export const taskTold = changeKind<readonly string[]>('task-told', {
  write: (transaction, names) => transaction.remove(TASK_OUTBOX, { name: oneOf(names) }),
});

/** Has every change of a check leave in the same transaction what tells the scheduler of it. */
@Injectable()
export class TaskOutbox implements OnModuleInit {
  constructor(
    private readonly journal: Journal,
    private readonly partitions: OwnedPartitions,
  ) {}

  onModuleInit(): void {
    this.journal.accompany(checkDefined, ({ check }) => this.waiting([check.definition.id]));
    this.journal.accompany(transitionsOfChecks, (transitions) => {
      const removed = transitions.filter(
        ({ to, overruledBy }) => to === 'Removed' && overruledBy === undefined,
      );
      return this.waiting(removed.map(({ subject }) => subject));
    });
  }

  private waiting(names: readonly string[]): readonly AnyChange[] {
    if (names.length === 0) return [];
    const rows = [...new Set(names)].map((name) => ({ name, partition: this.partitions.partitionOf(name) }));
    return [taskWaits(rows)];
  }
}
