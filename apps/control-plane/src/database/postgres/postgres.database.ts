import { Logger } from '@nestjs/common';
import { Turns } from '@vitals/core/commit';
import { VitalsError } from '@vitals/core/errors';
import type { DataSource } from 'typeorm';
import { countDatabase } from '../content.js';
import { type ContentCounts, Database, type Selection, type Transaction } from '../database.js';
import { countRows, type Numbers, selectRows, SqlTransaction } from '../sql.transaction.js';
import type { Table } from '../table.js';
import { begin, Commits, slowText } from './numbered.commit.js';
import type { PostgresOptions } from './postgres.client.js';
import { asDatabaseError, isConflict, textOf } from './postgres.errors.js';
import { PostgresReading } from './postgres.reading.js';
import { POSTGRES_BUILDER } from './postgres.statements.js';
import type { Session, WriterConnection } from './writer.connection.js';

/** The one turn of whoever writes. */
const WRITE = 'write';
/** How often a transaction is tried that others were in the way of. */
const MAX_TRIES = 5;

/** Keeps everything in one schema of PostgreSQL. */
export class PostgresDatabase extends Database {
  readonly product = 'postgresql';
  private readonly logger = new Logger('Database');
  private readonly turns = new Turns();
  private readonly commits = new Commits();
  private readonly reading: PostgresReading;
  /** The numbers after the last commit of this process. */
  private numbers: Numbers | undefined;
  private end: string | undefined;

  /**
   * @param place a URL without credentials
   * @param isNew whether it was created at this start
   */
  constructor(
    private readonly source: DataSource,
    private readonly writer: WriterConnection,
    readonly place: string,
    readonly isNew: boolean,
  ) {
    super();
    this.reading = new PostgresReading(source);
  }

  /** Has everything read as it is at this moment, until `booted`: features are read one after the other. */
  async holdMoment(options: PostgresOptions): Promise<void> {
    await this.reading.holdMoment(options);
  }

  override async booted(): Promise<void> {
    await this.reading.letGo();
  }

  override giveUp(why: string): void {
    this.end ??= why;
  }

  override get isShared(): boolean {
    return this.writer.isShared;
  }

  override get isGivenUp(): boolean {
    return this.end !== undefined;
  }

  fault(): string | undefined {
    return this.end;
  }

  async tend(): Promise<void> {
    if (this.commits.isUnknown) await this.betweenCommits(async () => undefined);
  }

  content(): Promise<ContentCounts> {
    return countDatabase({ query: (text: string) => this.reading.all({ text, parameters: [] }) } as never);
  }

  select<R, K extends keyof R & string = keyof R & string>(
    table: Table<R>,
    selection: Selection<R, K> = {},
  ): Promise<Pick<R, K>[]> {
    return selectRows(this.reading, POSTGRES_BUILDER, table, selection);
  }

  count<R>(table: Table<R>): Promise<number> {
    return countRows(this.reading, table);
  }

  transaction<T>(
    run: (transaction: Transaction) => Promise<T>,
    durable: (result: T) => void = () => undefined,
  ): Promise<T> {
    return this.turns.take(WRITE, async () => {
      for (let tries = 1; ; tries++) {
        try {
          return await this.tryOnce(run, durable);
        } catch (error) {
          if (tries === MAX_TRIES || !isConflict(error)) throw asDatabaseError(error);
        }
      }
    });
  }

  /** What became of the commit before is known by then: what it changed is not taken for a change of others. */
  betweenCommits<T>(run: () => Promise<T>): Promise<T> {
    return this.turns.take(WRITE, async () => {
      await this.settle();
      return run();
    });
  }

  /** VACUUM FULL writes the table anew, without anything that was removed; others who read it wait for it. */
  compact<R>(table: Table<R>): Promise<void> {
    return this.betweenCommits(async () => {
      const { client } = await this.connected();
      await client.askPatiently(`VACUUM (FULL) ${table.name}`).catch((error: unknown) => {
        throw asDatabaseError(error);
      });
    });
  }

  async checkpoint(): Promise<void> {}

  async close(): Promise<void> {
    await this.writer.close();
    if (this.source.isInitialized) await this.source.destroy();
  }

  private async tryOnce<T>(
    run: (transaction: Transaction) => Promise<T>,
    durable: (result: T) => void,
  ): Promise<T> {
    if (this.end !== undefined) throw new VitalsError('store-unavailable', this.end);
    await this.settle();
    const { client, statements } = await this.connected();
    const beganMs = performance.now();
    let lockedMs: number;
    let numbers: Numbers;
    let result: T;
    try {
      numbers = await begin(client);
      lockedMs = performance.now() - beganMs;
      this.assertOurs(numbers);
      result = await run(new SqlTransaction(statements, POSTGRES_BUILDER, numbers));
      await statements.settled();
    } catch (error) {
      await statements.settled().catch(() => undefined);
      await client.ask('ROLLBACK').catch(() => this.writer.drop());
      throw error;
    }
    const become = (): void => {
      this.numbers = numbers;
      durable(result);
    };
    try {
      await this.commits.commit(client, numbers, become);
    } catch (error) {
      this.writer.drop();
      // asked on a new connection; if there is none, that is for whoever writes next
      if (!(await this.settle().catch(() => false))) throw error;
    }
    const slow = slowText(performance.now() - beganMs, lockedMs);
    if (slow) this.logger.warn(slow);
    return result;
  }

  /** Finds out what became of a commit that ended with its connection. @returns as `Commits.settle`; false without one */
  private async settle(): Promise<boolean> {
    if (!this.commits.isUnknown) return false;
    const { client } = await this.connected();
    try {
      return await this.commits.settle(client);
    } catch (error) {
      this.writer.drop();
      throw asDatabaseError(error);
    }
  }

  /** @throws VitalsError `store-unavailable` from now on if the database is not as this process left it */
  private assertOurs(numbers: Numbers): void {
    const { numbers: ours } = this;
    if (this.isShared || !ours || [...ours].every(([name, last]) => numbers.get(name) === last)) return;
    this.end = `the database ${this.place} is not as this control plane left it: another one wrote to it, or it was restored, or a standby that lagged behind took over; start this control plane again`;
    throw new VitalsError('store-unavailable', this.end);
  }

  /** @throws VitalsError `store-unavailable`, for ever if another control plane has taken the database over */
  private async connected(): Promise<Session> {
    try {
      return await this.writer.connected();
    } catch (error) {
      if (error instanceof VitalsError && !error.retryable) this.end = error.message;
      const detail = `the database cannot be reached: ${textOf(error)}; try again`;
      throw new VitalsError('store-unavailable', detail, { cause: error });
    }
  }
}
