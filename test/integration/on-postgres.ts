import { POSTGRES_SERVER } from '../support/empty-database.js';
import { POSTGRES_USER, startPostgres } from './services/postgres.js';

/** Starts a server on which every control plane of the run gets a database of its own. @returns what ends it */
export async function setup(): Promise<() => Promise<void>> {
  const service = await startPostgres();
  process.env[POSTGRES_SERVER] = `postgres://${POSTGRES_USER}@127.0.0.1:${service.port}`;
  return () => service.remove();
}
