import { migration } from '../../migration.js';

/** Mass failures and what was settled of them; the time that has passed, and what is measured by it. */
export const MassFailuresAndPassedTime1764000000000 = migration('MassFailuresAndPassedTime1764000000000', {
  up: [
    `CREATE TABLE mass_failures (
      key INTEGER PRIMARY KEY NOT NULL,
      kind TEXT NOT NULL,
      zone TEXT,
      began_at BIGINT NOT NULL,
      gone INTEGER NOT NULL,
      members INTEGER NOT NULL,
      quiet_since BIGINT NOT NULL,
      ended_at BIGINT,
      ended_by TEXT
    )`,
    `CREATE TABLE settled_members (
      kind TEXT NOT NULL,
      key INTEGER NOT NULL,
      since BIGINT NOT NULL,
      PRIMARY KEY (kind, key)
    ) WITHOUT ROWID`,
    `CREATE TABLE passed_time (
      id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
      total BIGINT NOT NULL,
      shown BIGINT NOT NULL
    )`,
    `CREATE TABLE transition_marks (
      passed BIGINT PRIMARY KEY NOT NULL,
      sequence BIGINT NOT NULL
    )`,
    'ALTER TABLE reservations ADD COLUMN expires_passed BIGINT',
  ],
  down: [
    'ALTER TABLE reservations DROP COLUMN expires_passed',
    'DROP TABLE transition_marks',
    'DROP TABLE passed_time',
    'DROP TABLE settled_members',
    'DROP TABLE mass_failures',
  ],
});
