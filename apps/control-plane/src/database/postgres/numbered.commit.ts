import { setTimeout as wait } from 'node:timers/promises';
import { VitalsError } from '@vitals/core/errors';
import type { Numbers } from '../sql.transaction.js';
import type { PostgresClient } from './postgres.client.js';

/** How long the server is asked what became of a commit, and how often, in milliseconds. */
const OUTCOME_WAIT_MS = 5_000;
const OUTCOME_RETRY_MS = 50;
/** A write that takes longer is told, in milliseconds. */
const SLOW_MS = 5_000;

/**
 * Begins, and locks the numbers: whoever writes has the only turn in the whole database, so that numbers have no gaps
 * and the order of commits, and nobody waits for a row that another waits for.
 */
const BEGIN = `BEGIN; SELECT pg_current_xact_id()::text AS id;
  SELECT name, last FROM counters ORDER BY name FOR UPDATE`;

/** Begins a transaction. @returns its id, and the last number of each numbered table */
export async function begin(
  client: PostgresClient,
): Promise<{ readonly id: string; readonly numbers: Numbers }> {
  const [, begun, counters] = await client.ask<{ id: string; name: string; last: string }>(BEGIN);
  const numbers = counters?.rows.map(({ name, last }) => [name, Number(last)] as const);
  return { id: begun?.rows[0]?.id as string, numbers: new Map(numbers) };
}

/** Commits with new numbers. @throws Error also if the server ended the transaction with ROLLBACK, which is no error to it */
export async function commit(client: PostgresClient, numbers: Numbers): Promise<void> {
  const values = [...numbers].map(([name, last]) => `('${name}', ${last})`).join(', ');
  const set = `INSERT INTO counters VALUES ${values} ON CONFLICT (name) DO UPDATE SET last = excluded.last`;
  const answers = await client.ask(values === '' ? 'COMMIT' : `${set}; COMMIT`);
  const command = answers.at(-1)?.command;
  if (command !== 'COMMIT') throw new Error(`the server ended the transaction with ${command}`);
}

/** What is told of a write that took so long, with the part in which others wrote; `undefined` if it was not slow. */
export function slowText(tookMs: number, lockedMs: number): string | undefined {
  if (tookMs < SLOW_MS) return undefined;
  const [took, locked] = [tookMs, lockedMs].map((ms) => (ms / 1_000).toFixed(1));
  return `a write took ${took} s, ${locked} s of it until others had written`;
}

/** Whether a transaction is durable. @throws VitalsError `store-unavailable` if the server does not know it yet */
export async function wasCommitted(client: PostgresClient, id: string): Promise<boolean> {
  for (const untilMs = performance.now() + OUTCOME_WAIT_MS; performance.now() < untilMs;) {
    const status = await statusOf(client, id);
    if (status !== 'in progress') return status === 'committed';
    await wait(OUTCOME_RETRY_MS);
  }
  throw new VitalsError('store-unavailable', 'it is not known yet whether the last commit is durable');
}

async function statusOf(client: PostgresClient, id: string): Promise<string | undefined> {
  try {
    const [answer] = await client.ask<{ status: string }>(`SELECT pg_xact_status('${id}'::xid8) AS status`);
    return answer?.rows[0]?.status;
  } catch (error) {
    // an id that this server has not reached: it is another one, which never heard of the transaction
    if ((error as { code?: unknown }).code === '22023') return undefined;
    throw error;
  }
}
