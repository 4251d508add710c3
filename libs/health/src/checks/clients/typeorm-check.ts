import type { FactoryProvider, InjectionToken } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { HealthOptions } from '../../declaration/health.options.js';
import { provideCheck, up } from '../provide-check.js';
import { Settings } from '../check-settings.js';

/** What `typeOrmCheck` can be told, besides what every check can. */
export interface TypeOrmCheckSettings extends HealthOptions {
  /** The injection token of the data source, as `getDataSourceToken()` gives it; default the unnamed one. */
  readonly dataSource?: InjectionToken<DataSource>;
  /** What is asked; default the cheapest that the database knows, such as `SELECT 1`. */
  readonly query?: string;
}

const FOR_MONGODB = 'a relational one; for MongoDB declare @Health() on a method that pings';

/** Where `SELECT 1` is no query. */
const QUERY_BY_TYPE: Readonly<Record<string, string>> = {
  oracle: 'SELECT 1 FROM DUAL',
  sap: 'SELECT 1 FROM DUMMY',
};

/** How a pooled connection that hangs is given up, by the sort of database whose driver can. */
const DROP_BY_TYPE: Readonly<Record<string, 'end' | 'destroy'>> = {
  postgres: 'end',
  cockroachdb: 'end',
  mysql: 'destroy',
  mariadb: 'destroy',
};

/**
 * Whether a database answers on the app's own TypeORM data source: `providers: [typeOrmCheck()]`. A question that
 * has no answer in time is given up with its connection, where the driver can (PostgreSQL, CockroachDB, MySQL,
 * MariaDB), so that checks of a hanging database do not use up the pool. Reports `database`, its sort.
 * @throws VitalsError `declaration-invalid`, naming the setting that is wrong, here or when the app starts
 */
export function typeOrmCheck(settings: TypeOrmCheckSettings = {}): FactoryProvider {
  const read = Settings.of('typeOrmCheck', settings, ['dataSource', 'query']);
  const { dataSource: givenToken, query: givenQuery } = settings;
  const token = read.token('dataSource', givenToken ?? DataSource, 'a TypeORM data source');
  const query = givenQuery === undefined ? undefined : read.text('query', givenQuery, 'a query');
  return provideCheck({ ...read.external('typeorm'), inject: token }, (dataSource: DataSource) => {
    if (typeof (dataSource as Partial<DataSource> | null)?.createQueryRunner !== 'function')
      read.refuse('dataSource', String(givenToken), 'the token of a TypeORM data source');
    const { type } = dataSource.options;
    if (type === 'mongodb') read.refuse('dataSource', type, FOR_MONGODB);
    const about = up({ database: type });
    return {
      about,
      check: async ({ signal }) => {
        if (!dataSource.isInitialized) return about.down('the data source is not initialized');
        await ask(dataSource, query ?? QUERY_BY_TYPE[type] ?? 'SELECT 1', signal);
        return about;
      },
    };
  });
}

/** Ends with the question, not with the signal: a runner is not released while its connection is in use. */
async function ask(dataSource: DataSource, query: string, signal: AbortSignal): Promise<void> {
  const runner = dataSource.createQueryRunner();
  let connection: unknown;
  const giveUp = (): void => dropConnection(connection, dataSource.options.type);
  try {
    connection = await runner.connect();
    signal.throwIfAborted();
    signal.addEventListener('abort', giveUp);
    await runner.query(query);
  } finally {
    signal.removeEventListener('abort', giveUp);
    await runner.release();
  }
}

/** The query then fails, and the pool opens another connection when it needs one. */
function dropConnection(connection: unknown, type: string): void {
  const method = DROP_BY_TYPE[type];
  const drop = method && (connection as Partial<Record<string, () => unknown>> | undefined)?.[method];
  if (typeof drop !== 'function') return;
  const dropped: unknown = drop.call(connection);
  if (dropped instanceof Promise) dropped.catch(() => undefined);
}
