import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The first schema: providers, and the log of their transitions. */
export class ProvidersAndTransitions1763700000000 implements MigrationInterface {
  readonly name = 'ProvidersAndTransitions1763700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE providers (
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
      )`);
    await runner.query(`
      CREATE TABLE transitions (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        from_state TEXT NOT NULL,
        to_state TEXT NOT NULL,
        cause TEXT NOT NULL,
        at BIGINT NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE transitions');
    await runner.query('DROP TABLE providers');
  }
}
