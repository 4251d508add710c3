import { migration } from '../../migration.js';

/** The first schema: providers, and the log of their transitions. */
export const ProvidersAndTransitions1763700000000 = migration('ProvidersAndTransitions1763700000000', {
  up: [
    `CREATE TABLE providers (
      name TEXT PRIMARY KEY NOT NULL,
      id TEXT NOT NULL UNIQUE,
      generation INTEGER NOT NULL,
      registration TEXT NOT NULL,
      registered_at BIGINT NOT NULL,
      info TEXT NOT NULL,
      phase TEXT,
      reported_at BIGINT,
      heard_at BIGINT,
      told_ms INTEGER NOT NULL,
      availability TEXT NOT NULL,
      state_since BIGINT NOT NULL,
      cordoned INTEGER NOT NULL DEFAULT 0,
      last_sequence INTEGER NOT NULL DEFAULT 0
    )`,
    `CREATE TABLE transitions (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
      kind TEXT NOT NULL,
      subject TEXT NOT NULL,
      from_state TEXT NOT NULL,
      to_state TEXT NOT NULL,
      cause TEXT NOT NULL,
      at BIGINT NOT NULL
    )`,
  ],
  down: ['DROP TABLE transitions', 'DROP TABLE providers'],
});
