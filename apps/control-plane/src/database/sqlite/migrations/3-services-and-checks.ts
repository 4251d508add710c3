import { migration } from '../../migration.js';

/** Services, their checks and those that stand alone, and how both went. */
export const ServicesAndChecks1763900000000 = migration('ServicesAndChecks1763900000000', {
  up: [
    `CREATE TABLE services (
      key INTEGER PRIMARY KEY NOT NULL,
      id TEXT NOT NULL UNIQUE,
      node TEXT NOT NULL,
      registered_at BIGINT NOT NULL
    )`,
    `CREATE TABLE checks (
      key INTEGER PRIMARY KEY NOT NULL,
      id TEXT NOT NULL UNIQUE,
      definition TEXT NOT NULL,
      source TEXT NOT NULL,
      service_key INTEGER UNIQUE,
      created_at BIGINT NOT NULL
    )`,
    `CREATE TABLE check_states (
      key INTEGER PRIMARY KEY NOT NULL,
      status TEXT NOT NULL,
      state_since BIGINT NOT NULL,
      progress TEXT
    )`,
    `CREATE TABLE uptime (
      key INTEGER NOT NULL,
      width TEXT NOT NULL,
      start_at BIGINT NOT NULL,
      up INTEGER NOT NULL,
      warning INTEGER NOT NULL,
      down INTEGER NOT NULL,
      duration_ms REAL NOT NULL,
      PRIMARY KEY (key, width, start_at)
    ) WITHOUT ROWID`,
    'ALTER TABLE transitions ADD COLUMN suppressed TEXT',
    `CREATE INDEX transitions_of_checks ON transitions (subject, sequence) WHERE kind IN ('service', 'check')`,
  ],
  down: [
    'DROP INDEX transitions_of_checks',
    'ALTER TABLE transitions DROP COLUMN suppressed',
    'DROP TABLE uptime',
    'DROP TABLE check_states',
    'DROP TABLE checks',
    'DROP TABLE services',
  ],
});
