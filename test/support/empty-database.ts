import { Client } from 'pg';

/** The server on which databases are made, if `test/integration/on-postgres.ts` started one. */
export const POSTGRES_SERVER = 'VITALS_TEST_POSTGRES';

let count = 0;

/** A new, empty database: in memory, or of PostgreSQL where a run is about that. */
export async function emptyDatabase(): Promise<string> {
  const server = process.env[POSTGRES_SERVER];
  return server === undefined ? 'sqlite::memory:' : `${server}/${await createDatabase(server)}`;
}

/** Creates an empty database on a server, given as the URL before the name of a database. @returns its name */
export async function createDatabase(server: string): Promise<string> {
  const client = new Client({ connectionString: `${server}/postgres` });
  await client.connect();
  const name = `vitals_${process.pid}_${++count}`;
  await client.query(`CREATE DATABASE ${name} LOCALE 'C.UTF-8' TEMPLATE template0`);
  await client.end();
  return name;
}
