import type { Dialect, Sql } from '../dialect.js';
import { StatementBuilder } from '../sql.js';
import type { Statements } from '../sql.transaction.js';
import type { StoredValue } from '../table.js';
import type { Connection, Prepared } from './connection.js';

/** Many rows are one JSON text. */
const SQLITE: Dialect = {
  unlimited: -1,
  parameter: () => '?',
  source: () => 'json_each(?) AS r',
  value: (column) => `r.value ->> ${column}`,
  rows: (encoded) => [JSON.stringify(encoded)],
  isOneOf: (column, parameter) => `${column} IN (SELECT value FROM json_each(${parameter}))`,
  list: (values) => JSON.stringify(values),
};

/** Forms statements for SQLite. */
export const SQLITE_BUILDER = new StatementBuilder(SQLITE);

/** Statements of a connection, each prepared once. */
export class SqliteStatements implements Statements {
  private readonly prepared = new Map<string, Prepared>();

  constructor(private readonly connection: Connection) {}

  async write(sql: Sql): Promise<void> {
    await this.run(sql);
  }

  async run({ text, parameters }: Sql): Promise<number> {
    return (this.of(text).run(parameters) as { changes: number }).changes;
  }

  async all({ text, parameters }: Sql): Promise<Readonly<Record<string, StoredValue>>[]> {
    return this.of(text).all(parameters) as Readonly<Record<string, StoredValue>>[];
  }

  /** Runs a statement without parameters at once. */
  execute(text: string): void {
    this.of(text).run();
  }

  private of(text: string): Prepared {
    const known = this.prepared.get(text);
    if (known) return known;
    const statement = this.connection.prepare(text);
    this.prepared.set(text, statement);
    return statement;
  }
}
