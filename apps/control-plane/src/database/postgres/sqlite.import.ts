import { VitalsError } from '@vitals/core/errors';
import { DataSource } from 'typeorm';
import { countDatabase } from '../content.js';
import type { ContentCounts } from '../database.js';
import { type Connection, connectionOf } from '../sqlite/connection.js';
import { sqliteOptions } from '../sqlite/data-source.js';
import { DatabaseFile } from '../sqlite/database.file.js';
import type { StoredValue } from '../table.js';
import { preparePostgres } from './data-source.js';
import type { PostgresClient, PostgresOptions } from './postgres.client.js';
import { WriterConnection } from './writer.connection.js';

/** Rows that are copied at a time. */
const SLICE = 5_000;

/** Tables that SQLite has no need of. */
export const OWN_TABLES = [
  'change_payloads',
  'cluster',
  'counters',
  'migrations',
  'partitions',
  'task_outbox',
  'writers',
];

const COLUMNS = `
  SELECT table_name AS "table", column_name AS name, data_type AS type FROM information_schema.columns
  WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position`;

type Row = Readonly<Record<string, StoredValue>>;

/** The columns of a table, by name, with their types in PostgreSQL. */
type Types = ReadonlyMap<string, string>;

/**
 * Copies a SQLite database into an empty one of PostgreSQL, all or nothing. Both are locked meanwhile. The file is
 * migrated as by a start of this version, and is as good as before in all other respects.
 * @throws VitalsError `settings-invalid` if one of them cannot be used, or there is something in PostgreSQL already
 */
export async function importSqlite(path: string, options: PostgresOptions): Promise<ContentCounts> {
  const file = await new DataSource(sqliteOptions(path, new DatabaseFile(path))).initialize();
  const writer = new WriterConnection({ ...options, bootWaitMs: 0 });
  try {
    const prepared = await preparePostgres(options, writer, () => undefined);
    // its migrations; nothing else is done with it
    await (await new DataSource(prepared.options).initialize()).destroy();
    await writer.endMigrating();
    const { client } = await writer.connected();
    await copyAll(connectionOf(file), client);
    return await countDatabase(file);
  } finally {
    await writer.close();
    await file.destroy();
  }
}

async function copyAll(from: Connection, client: PostgresClient): Promise<void> {
  const tables = await tablesOf(client);
  await client.ask('BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0');
  for (const table of tables.keys()) await assertEmpty(client, table);
  for (const [table, types] of tables) await copy(from, client, table, types);
  await client.ask(`
    UPDATE counters SET last = (SELECT coalesce(max(number), 0) FROM change_log) WHERE name = 'change_log';
    UPDATE counters SET last = (SELECT coalesce(max(sequence), 0) FROM transitions) WHERE name = 'transitions';
    SELECT setval(pg_get_serial_sequence('removed_services', 'removal'), max(removal)) FROM removed_services;
    COMMIT`);
}

async function tablesOf(client: PostgresClient): Promise<ReadonlyMap<string, Types>> {
  const [answer] = await client.ask<{ table: string; name: string; type: string }>(COLUMNS);
  const tables = new Map<string, Map<string, string>>();
  for (const { table, name, type } of answer?.rows ?? []) {
    if (OWN_TABLES.includes(table)) continue;
    tables.set(table, (tables.get(table) ?? new Map<string, string>()).set(name, type));
  }
  return tables;
}

async function assertEmpty(client: PostgresClient, table: string): Promise<void> {
  const [answer] = await client.ask(`SELECT 1 FROM ${table} LIMIT 1`);
  if (answer?.rows.length === 0) return;
  const detail = `DATABASE_URL: the database is not empty: there are rows in ${table}; name an empty one: createdb vitals`;
  throw new VitalsError('settings-invalid', detail);
}

/** Copies the rows of a table in the order of its primary key. */
async function copy(from: Connection, client: PostgresClient, table: string, types: Types): Promise<void> {
  const names = [...types.keys()];
  const columns = names.join(', ');
  const arrays = [...types.values()].map((type, index) => `$${index + 1}::${type}[]`);
  const text = `INSERT INTO ${table} (${columns}) SELECT * FROM unnest(${arrays.join(', ')})`;
  let copied = 0;
  for (const rows of slices(from, table, columns)) {
    await (client.query({
      text,
      values: names.map((name) => rows.map((row) => row[name])),
    }) as Promise<unknown>);
    copied += rows.length;
  }
  const [{ count }] = from.prepare(`SELECT count(*) AS count FROM ${table}`).all() as [{ count: number }];
  if (count !== copied)
    throw new Error(`${copied} of ${count} rows of ${table} were copied; nothing was kept`);
}

function* slices(from: Connection, table: string, columns: string): Generator<readonly Row[]> {
  const keys = from
    .prepare(`SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk`)
    .all([table])
    .map((key) => (key as { name: string }).name);
  const [key, marks] = [keys.join(', '), keys.map(() => '?').join(', ')];
  const select = (where: string): string =>
    `SELECT ${columns} FROM ${table} ${where} ORDER BY ${key} LIMIT ${SLICE}`;
  let rows = from.prepare(select('')).all() as Row[];
  const next = from.prepare(select(`WHERE (${key}) > (${marks})`));
  for (let last = rows.at(-1); last; last = rows.at(-1)) {
    yield rows;
    const { ...row } = last;
    rows = next.all(keys.map((name) => row[name])) as Row[];
  }
}
