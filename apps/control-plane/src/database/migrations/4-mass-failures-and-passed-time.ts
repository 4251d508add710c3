import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Mass failures and what was settled of them; the time that has passed, and what is measured by it. */
export class MassFailuresAndPassedTime1764000000000 implements MigrationInterface {
  readonly name = 'MassFailuresAndPassedTime1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE reservations DROP COLUMN expires_passed');
    for (const table of ['transition_marks', 'passed_time', 'settled_members', 'mass_failures'])
      await runner.query(`DROP TABLE ${table}`);
  }
}

const UP = [
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
];
