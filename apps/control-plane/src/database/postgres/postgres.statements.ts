import type { Dialect, Sql } from '../dialect.js';
import { StatementBuilder } from '../sql.js';
import type { Statements } from '../sql.transaction.js';
import type { StorageType, StoredValue } from '../table.js';
import type { Answer, PostgresClient } from './postgres.client.js';

const ARRAYS: Readonly<Record<StorageType, string>> = {
  text: 'text[]',
  integer: 'bigint[]',
  real: 'double precision[]',
};

/** Many rows are one array for each column. */
const POSTGRES: Dialect = {
  unlimited: null,
  parameter: (place) => `$${place}`,
  source(types, place) {
    const arrays = types.map((type, column) => `$${place + column}::${ARRAYS[type]}`);
    return `unnest(${arrays.join(', ')}) AS r(${types.map((_type, column) => `c${column}`).join(', ')})`;
  },
  value: (column) => `r.c${column}`,
  rows: (encoded, columns) =>
    Array.from({ length: columns }, (_, column) => encoded.map((row) => row[column] as StoredValue)),
  isOneOf: (column, parameter) => `${column} = ANY(${parameter})`,
  list: (values) => values,
};

/** Forms statements for PostgreSQL. */
export const POSTGRES_BUILDER = new StatementBuilder(POSTGRES);

/** Statements of one connection, each prepared once. */
export class PostgresStatements implements Statements {
  private readonly names = new Map<string, string>();

  constructor(private readonly client: PostgresClient) {}

  async run(sql: Sql): Promise<number> {
    return (await this.ask(sql)).rowCount ?? 0;
  }

  async all(sql: Sql): Promise<Readonly<Record<string, StoredValue>>[]> {
    return (await this.ask(sql)).rows;
  }

  private ask({ text, parameters }: Sql): Promise<Answer> {
    let name = this.names.get(text);
    if (name === undefined) this.names.set(text, (name = `vitals_${this.names.size + 1}`));
    return this.client.query({ name, text, values: parameters }) as Promise<Answer>;
  }
}
