import type { DataSource } from 'typeorm';
import type { Sql } from '../dialect.js';
import type { Statements } from '../sql.transaction.js';
import type { StoredValue } from '../table.js';
import { clientConfig, PostgresClient, type PostgresOptions } from './postgres.client.js';
import { asDatabaseError } from './postgres.errors.js';
import { PostgresStatements } from './postgres.statements.js';

/** The first statement after BEGIN decides which moment is seen. */
const MOMENT = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
  SET LOCAL idle_in_transaction_session_timeout = 0; SELECT 1`;

/** Reads over the connections of TypeORM what is newest; at boot, over one, what was so at one moment. */
export class PostgresReading implements Statements {
  private client: PostgresClient | undefined;
  private moment: PostgresStatements | undefined;

  constructor(private readonly source: DataSource) {}

  async holdMoment(options: PostgresOptions): Promise<void> {
    this.client = new PostgresClient(clientConfig(options));
    await this.client.connect();
    await this.client.ask(MOMENT);
    this.moment = new PostgresStatements(this.client);
  }

  async letGo(): Promise<void> {
    this.moment = undefined;
    await this.client?.end();
    this.client = undefined;
  }

  async all(sql: Sql): Promise<Readonly<Record<string, StoredValue>>[]> {
    try {
      return await (this.moment?.all(sql) ?? this.source.query(sql.text, sql.parameters as unknown[]));
    } catch (error) {
      throw asDatabaseError(error);
    }
  }

  write(): Promise<never> {
    return Promise.reject(new Error('nothing is written by who reads'));
  }

  run(): Promise<never> {
    return this.write();
  }
}
