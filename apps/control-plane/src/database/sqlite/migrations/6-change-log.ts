import { migration } from '../../migration.js';

/** What was changed, in one order: what a second reader of the database follows. */
export const ChangeLog1764200000000 = migration('ChangeLog1764200000000', {
  up: [
    `CREATE TABLE change_log (
      number INTEGER PRIMARY KEY NOT NULL,
      kind TEXT NOT NULL,
      keys TEXT NOT NULL
    )`,
  ],
  down: ['DROP TABLE change_log'],
});
