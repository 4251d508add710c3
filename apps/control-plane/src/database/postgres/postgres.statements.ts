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

/** So many may be written without an answer: each is to be answered in time. */
const MAX_UNANSWERED = 64;

/**
 * Statements of one connection, each prepared once. Those that only write are not waited for: over a slow network a
 * transaction of many of them takes as long as one of a few, while all who write wait for its end.
 */
export class PostgresStatements implements Statements {
  private readonly names = new Map<string, string>();
  /** The answers to what was written and is not known to have succeeded, in order. */
  private written: Promise<unknown>[] = [];

  constructor(private readonly client: PostgresClient) {}

  async write(sql: Sql): Promise<void> {
    if (this.written.push(this.ask(sql)) >= MAX_UNANSWERED) await this.settled();
  }

  async run(sql: Sql): Promise<number> {
    return (await this.answerTo(sql)).rowCount ?? 0;
  }

  async all(sql: Sql): Promise<Readonly<Record<string, StoredValue>>[]> {
    return (await this.answerTo(sql)).rows;
  }

  /** Resolves when everything is written. @throws why the first failed of what was not; of those after it none was tried */
  async settled(): Promise<void> {
    const { written } = this;
    this.written = [];
    for (const answer of written) await answer;
  }

  private async answerTo(sql: Sql): Promise<Answer> {
    const answer = this.ask(sql);
    await this.settled();
    return answer;
  }

  private ask({ text, parameters }: Sql): Promise<Answer> {
    this.client.gather();
    let name = this.names.get(text);
    if (name === undefined) this.names.set(text, (name = `vitals_${this.names.size + 1}`));
    const answer = this.client.query({ name, text, values: parameters }) as Promise<Answer>;
    // whoever is told of a failure before this one does not come back for it
    answer.catch(() => undefined);
    return answer;
  }
}
