import { migration } from '../../migration.js';

/**
 * What changes with every beat moves into a narrow table of its own, under a number instead of the name; tokens,
 * orders of operators and reservations are new. Every provider and transition of before is kept.
 */
export const LeasesTokensReservations1763800000000 = migration('LeasesTokensReservations1763800000000', {
  up: [
    'ALTER TABLE providers RENAME TO providers_1',
    `CREATE TABLE providers (
      key INTEGER PRIMARY KEY NOT NULL,
      name TEXT NOT NULL UNIQUE,
      id TEXT NOT NULL UNIQUE,
      generation INTEGER NOT NULL,
      registration TEXT NOT NULL,
      registered_at BIGINT NOT NULL,
      info TEXT NOT NULL,
      cordoned INTEGER NOT NULL DEFAULT 0,
      drain_requested INTEGER NOT NULL DEFAULT 0,
      token_hash TEXT,
      previous_token_hash TEXT
    )`,
    `CREATE TABLE leases (
      key INTEGER PRIMARY KEY NOT NULL,
      phase TEXT,
      reported_at BIGINT,
      heard_at BIGINT,
      told_ms INTEGER NOT NULL,
      availability TEXT NOT NULL,
      state_since BIGINT NOT NULL,
      last_sequence INTEGER NOT NULL DEFAULT 0
    )`,
    `INSERT INTO providers (key, name, id, generation, registration, registered_at, info, cordoned)
    SELECT rowid, name, id, generation, registration, registered_at, info, cordoned FROM providers_1`,
    `INSERT INTO leases (key, phase, reported_at, heard_at, told_ms, availability, state_since, last_sequence)
    SELECT rowid, phase, reported_at, heard_at, told_ms, availability, state_since, last_sequence
    FROM providers_1`,
    'DROP TABLE providers_1',
    `CREATE TABLE tokens (
      id TEXT PRIMARY KEY NOT NULL,
      kind TEXT NOT NULL,
      names TEXT NOT NULL,
      description TEXT NOT NULL,
      hash TEXT NOT NULL,
      created_at BIGINT NOT NULL
    )`,
    `CREATE TABLE reservations (
      id TEXT PRIMARY KEY NOT NULL,
      provider TEXT NOT NULL,
      resources TEXT NOT NULL,
      confirmed INTEGER NOT NULL,
      expires_at BIGINT NOT NULL,
      created_at BIGINT NOT NULL
    )`,
  ],
  down: [
    'ALTER TABLE providers RENAME TO providers_2',
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
    `INSERT INTO providers
    SELECT name, id, generation, registration, registered_at, info, phase, reported_at, heard_at, told_ms,
      availability, state_since, cordoned, last_sequence
    FROM providers_2 JOIN leases USING (key)`,
    'DROP TABLE providers_2',
    'DROP TABLE leases',
    'DROP TABLE tokens',
    'DROP TABLE reservations',
  ],
});
