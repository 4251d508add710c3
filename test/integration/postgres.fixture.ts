import { DataSource } from 'typeorm';
import type { Database } from '../../apps/control-plane/src/database/database.js';
import {
  PostgresClient,
  type PostgresOptions,
} from '../../apps/control-plane/src/database/postgres/postgres.client.js';
import { PostgresEngine } from '../../apps/control-plane/src/database/postgres/postgres.engine.js';
import { createDatabase } from '../support/empty-database.js';
import { POSTGRES_USER } from './services/postgres.js';
import type { Service } from './services/service.js';

/** Databases on one server, each with a schema of its own until `close`. */
export class PostgresFixture {
  private readonly open: Database[] = [];

  constructor(private readonly service: Service) {}

  /** The URL of a new, empty database, over another port if there is something between. */
  async url(port?: number): Promise<string> {
    return this.urlOf(await createDatabase(this.urlOf('').slice(0, -1)), port);
  }

  /** A database, which another one may have open. */
  async opened(url?: string, more: Partial<PostgresOptions> = {}): Promise<Database> {
    const options = { url: url ?? (await this.url()), bootWaitMs: 0, ...more };
    const engine = new PostgresEngine(options, 'postgres://test');
    const source = await new DataSource(await engine.prepare()).initialize();
    const database = await engine.open(source);
    this.open.push(database);
    return database;
  }

  /** Asks the server, as its operator. */
  async ask(text: string, url = this.urlOf('postgres')): Promise<Record<string, unknown>[]> {
    const client = new PostgresClient({ connectionString: url });
    await client.connect();
    try {
      const answers = await client.ask(text);
      return answers.at(-1)?.rows ?? [];
    } finally {
      await client.end();
    }
  }

  async close(): Promise<void> {
    for (const database of this.open.splice(0)) await database.close();
  }

  private urlOf(name: string, port = this.service.port): string {
    return `postgres://${POSTGRES_USER}@127.0.0.1:${port}/${name}`;
  }
}
