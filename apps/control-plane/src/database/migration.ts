import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One step of the schema, under the name by which a database remembers that it was applied. */
export interface Migration extends MigrationInterface {
  readonly name: string;
}

/** A migration of statements, which are run one after the other; `down` undoes `up`. */
export function migration(
  name: string,
  { up, down }: { readonly up: readonly string[]; readonly down: readonly string[] },
): new () => Migration {
  const runAll = async (runner: QueryRunner, statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await runner.query(statement);
  };
  return class implements Migration {
    readonly name = name;

    up(runner: QueryRunner): Promise<void> {
      return runAll(runner, up);
    }

    down(runner: QueryRunner): Promise<void> {
      return runAll(runner, down);
    }
  };
}
