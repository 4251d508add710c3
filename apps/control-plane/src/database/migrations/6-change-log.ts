import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was changed, in one order: what a second reader of the database follows. */
export class ChangeLog1764200000000 implements MigrationInterface {
  readonly name = 'ChangeLog1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE change_log (
        number INTEGER PRIMARY KEY NOT NULL,
        kind TEXT NOT NULL,
        keys TEXT NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE change_log');
  }
}
