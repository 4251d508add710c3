import { migration } from '../../migration.js';

/** Checks of which the scheduler's topic has yet to be told. */
export const TaskOutbox1764500100000 = migration('TaskOutbox1764500100000', {
  up: [
    `CREATE TABLE task_outbox (
      name TEXT COLLATE "C" PRIMARY KEY,
      partition BIGINT NOT NULL
    )`,
  ],
  down: ['DROP TABLE task_outbox'],
});
