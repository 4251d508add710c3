import { VitalsError } from '@vitals/core/errors';
import type { DataSourceOptions } from 'typeorm';
import { Everything1764300000000 } from './migrations/1-everything.js';
import { Cluster1764500000000 } from './migrations/2-cluster.js';
import { TaskOutbox1764500100000 } from './migrations/3-task-outbox.js';
import { Writers1764500200000 } from './migrations/4-writers.js';
import { clientConfig, PostgresClient, type PostgresOptions } from './postgres.client.js';
import type { WriterConnection } from './writer.connection.js';

/** The oldest version that is known to serve: `server_version_num`. */
const MIN_VERSION = 150_000;
/** Connections that read at a time, besides the one that writes. */
const READERS = 5;

const MIGRATIONS = [
  Everything1764300000000,
  Cluster1764500000000,
  TaskOutbox1764500100000,
  Writers1764500200000,
];

const SERVER = `
  SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS name,
    current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync,
    to_regclass('migrations') IS NOT NULL AS migrated, to_regclass('providers') IS NOT NULL AS taken`;

interface Server {
  readonly version: number;
  readonly name: string;
  readonly encoding: string;
  readonly fsync: string;
  readonly migrated: boolean;
  readonly taken: boolean;
}

/** What was found at the server at boot. */
export interface PreparedPostgres {
  readonly options: DataSourceOptions;
  /** Whether nothing was ever written to the database. */
  readonly isNew: boolean;
  /** What the operator should know, in words. */
  readonly warnings: readonly string[];
}

/**
 * Connects, takes the locks and looks at what is there; TypeORM migrates it under them, until `endMigrating`.
 * @throws VitalsError `settings-invalid` if the database is not for this version; nothing was written to it then
 */
export async function preparePostgres(
  options: PostgresOptions,
  writer: WriterConnection,
  onWait: (why: string) => void,
): Promise<PreparedPostgres> {
  const { client } = await writer.open(onWait);
  await writer.beginMigrating();
  const [answer] = await client.ask<Server>(SERVER);
  const server = answer?.rows[0] as Server;
  if (server.version < MIN_VERSION)
    throw refusal(`it is PostgreSQL ${server.name}; version 15 or newer is needed`);
  if (server.encoding !== 'UTF8')
    throw refusal(`its encoding is ${server.encoding}, which cannot hold every text; create one with UTF8`);
  const warnings = server.fsync === 'on' ? [] : [NO_FSYNC];
  return { options: dataSourceOptions(options), isNew: await isNew(client, server), warnings };
}

const NO_FSYNC =
  'the server runs with fsync=off: what it acknowledges can be lost, and the whole database with it';

/** Options of TypeORM for its connections, which read, and for the migrations. */
export function dataSourceOptions(options: PostgresOptions): DataSourceOptions {
  return {
    type: 'postgres',
    url: options.url,
    migrations: MIGRATIONS,
    migrationsRun: true,
    synchronize: false,
    installExtensions: false,
    poolErrorHandler: () => undefined,
    extra: { ...clientConfig(options), Client: PostgresClient, max: READERS },
  };
}

async function isNew(client: PostgresClient, { migrated, taken }: Server): Promise<boolean> {
  if (!migrated) {
    if (taken) throw refusal('it holds tables of another program; name another database, or another schema');
    return true;
  }
  const [answer] = await client.ask<{ name: string }>('SELECT name FROM migrations ORDER BY id');
  const applied = answer?.rows.map(({ name }) => name) ?? [];
  const known = MIGRATIONS.map((migration) => new migration().name);
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw refusal(
      `it was migrated by a newer version, or by another program (${unknown.join(', ')}; the newest that this version knows is ${known.at(-1)}). Start that version, restore a backup that was made before, or name another database`,
    );
  return applied.length === 0;
}

function refusal(why: string): VitalsError {
  return new VitalsError('settings-invalid', `DATABASE_URL: the database cannot be used: ${why}`);
}
