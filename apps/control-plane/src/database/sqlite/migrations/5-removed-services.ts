import { migration } from '../../migration.js';

/** Services that were removed because their checks failed, as they are remembered for a while. */
export const RemovedServices1764100000000 = migration('RemovedServices1764100000000', {
  up: [
    `CREATE TABLE removed_services (
      removal INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
      id TEXT NOT NULL UNIQUE,
      node TEXT NOT NULL,
      registered_at BIGINT NOT NULL,
      left_ms BIGINT NOT NULL
    )`,
  ],
  down: ['DROP TABLE removed_services'],
});
