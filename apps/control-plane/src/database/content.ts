import type { DataSource } from 'typeorm';
import type { ContentCounts } from './database.js';

const COUNTS = `
  SELECT (SELECT count(*) FROM providers) AS providers, (SELECT count(*) FROM services) AS services,
    (SELECT count(*) FROM checks) AS checks, (SELECT coalesce(max(sequence), 0) FROM transitions) AS sequence`;

/** Counts what a database holds. */
export async function countDatabase(database: Pick<DataSource, 'query'>): Promise<ContentCounts> {
  const [counts] = (await database.query(COUNTS)) as [Record<keyof ContentCounts, number | string>];
  return {
    providers: Number(counts.providers),
    services: Number(counts.services),
    checks: Number(counts.checks),
    sequence: Number(counts.sequence),
  };
}
