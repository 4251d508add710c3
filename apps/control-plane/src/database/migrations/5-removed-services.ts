import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Services that were removed because their checks failed, as they are remembered for a while. */
export class RemovedServices1764100000000 implements MigrationInterface {
  readonly name = 'RemovedServices1764100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE removed_services (
        removal INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
        id TEXT NOT NULL UNIQUE,
        node TEXT NOT NULL,
        registered_at BIGINT NOT NULL,
        left_ms BIGINT NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE removed_services');
  }
}
