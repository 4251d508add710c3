import { Client } from 'pg';

/** The server on which databases are made, if `test/integration/on-postgres.ts` started one. */
export const POSTGRES_SERVER = 'VITALS_TEST_POSTGRES';

let count = 0;

/** A new, empty database: in memory, or of PostgreSQL where a run is about that. */
export async function emptyDatabase(): Promise<string> {
  const server = process.env[POSTGRES_SERVER];
  if (server === undefined) return 'sqlite::memory:';
  const client = new Client({ connectionString: `${server}/postgres` });
  await client.connect();
  const name = `vitals_${process.pid}_${++count}`;
  await client.query(`CREATE DATABASE ${name} LOCALE 'C.UTF-8' TEMPLATE template0`);
  await client.end();
  return `${server}/${name}`;
}
