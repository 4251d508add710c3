import type { DataSource } from 'typeorm';

const COUNTS = `
  SELECT (SELECT count(*) FROM providers) AS providers, (SELECT count(*) FROM services) AS services,
    (SELECT count(*) FROM checks) AS checks, (SELECT coalesce(max(sequence), 0) FROM transitions) AS sequence`;

/** What a database holds. */
export interface DatabaseCounts {
  readonly providers: number;
  readonly services: number;
  readonly checks: number;
  /** The number of the last transition. */
  readonly sequence: number;
}

/** Counts what a database holds. */
export async function countDatabase(database: Pick<DataSource, 'query'>): Promise<DatabaseCounts> {
  const [counts] = (await database.query(COUNTS)) as [DatabaseCounts];
  return counts;
}
