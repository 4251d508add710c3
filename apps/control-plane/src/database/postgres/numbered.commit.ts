import { randomUUID } from 'node:crypto';
import type { Numbers } from '../sql.transaction.js';
import type { PostgresClient } from './postgres.client.js';

/** A write that takes longer is told, in milliseconds. */
const SLOW_MS = 5_000;

/**
 * Locks the numbers: whoever writes has the only turn in the whole database, so that numbers have no gaps and the order
 * of commits, and nobody waits for a row that another waits for.
 */
const LOCK = 'SELECT name, last FROM counters ORDER BY name FOR UPDATE';
/** Who has not written for so long is forgotten. */
const FORGOTTEN = "at < now() - interval '30 days'";

/** Begins a transaction. @returns the last number of each numbered table */
export async function begin(client: PostgresClient): Promise<Numbers> {
  const [, counters] = await client.ask<{ name: string; last: string }>(`BEGIN; ${LOCK}`);
  return new Map(counters?.rows.map(({ name, last }) => [name, Number(last)]));
}

/** A commit of which it is not known whether it became durable. */
interface Unknown {
  readonly number: number;
  readonly become: () => void;
}

/**
 * The commits of one process. Each writes its number with it, by which it is known afterwards whether it became durable.
 * The id of a transaction does not tell: the server gives one that a crash lost to another transaction.
 */
export class Commits {
  private readonly id = randomUUID();
  private last = 0;
  private unknown: Unknown | undefined;

  /** Whether it is not known of the last one. */
  get isUnknown(): boolean {
    return this.unknown !== undefined;
  }

  /**
   * Commits with new numbers.
   * @param become called once it is known to be durable, here or in `settle`
   * @throws Error also if the server ended the transaction with ROLLBACK, which is no error to it
   */
  async commit(client: PostgresClient, numbers: Numbers, become: () => void): Promise<void> {
    const number = ++this.last;
    this.unknown = { number, become };
    const values = [...numbers].map(([name, last]) => `('${name}', ${last})`).join(', ');
    const set = `INSERT INTO counters VALUES ${values} ON CONFLICT (name) DO UPDATE SET last = excluded.last`;
    const note = `INSERT INTO writers VALUES ('${this.id}', ${number}, now())
      ON CONFLICT (id) DO UPDATE SET last = excluded.last, at = excluded.at`;
    const forget = `DELETE FROM writers WHERE ${FORGOTTEN}`;
    const statements = [...(number === 1 ? [forget] : []), note, ...(values === '' ? [] : [set]), 'COMMIT'];
    const answers = await client.ask(statements.join('; '));
    const command = answers.at(-1)?.command;
    if (command !== 'COMMIT') throw new Error(`the server ended the transaction with ${command}`);
    this.settled(true);
  }

  /** Finds out what became of the unknown commit, once its transaction has ended. @returns whether it is durable */
  async settle(client: PostgresClient): Promise<boolean> {
    const find = `SELECT last FROM writers WHERE id = '${this.id}'`;
    const [, , found] = await client.ask<{ last: string }>(`BEGIN; ${LOCK}; ${find}`);
    await client.ask('ROLLBACK');
    return this.settled(Number(found?.rows[0]?.last ?? 0) === this.unknown?.number);
  }

  private settled(isDurable: boolean): boolean {
    const { unknown } = this;
    this.unknown = undefined;
    if (isDurable) unknown?.become();
    return isDurable;
  }
}

/** What is told of a write that took so long, with the part in which others wrote; `undefined` if it was not slow. */
export function slowText(tookMs: number, lockedMs: number): string | undefined {
  if (tookMs < SLOW_MS) return undefined;
  const [took, locked] = [tookMs, lockedMs].map((ms) => (ms / 1_000).toFixed(1));
  return `a write took ${took} s, ${locked} s of it until others had written`;
}
