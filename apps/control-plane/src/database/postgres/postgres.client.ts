import pg from 'pg';
import type { StoredValue } from '../table.js';

/** How long a statement may take at the server, in milliseconds. */
const STATEMENT_MS = 10_000;
/** How long an answer is waited for: longer than the server takes to say that a statement took too long. */
const ANSWER_MS = 15_000;
/** How long a transaction may be left open by a process that was stopped, while others wait for what it locked. */
const IDLE_MS = 5_000;
const CONNECT_MS = 5_000;

/** How a connection is made. */
export interface PostgresOptions {
  /** `postgres://…`, as `pg` reads it. */
  readonly url: string;
  /** How long the start waits for the server, and for the lock, in milliseconds. */
  readonly bootWaitMs?: number;
  /** Whether other control planes use the database too: members of one cluster. */
  readonly isShared?: boolean;
}

/** What the server answers to a statement. */
export interface Answer<R = Record<string, StoredValue>> {
  /** Such as `COMMIT`. */
  readonly command: string;
  readonly rowCount: number | null;
  readonly rows: R[];
}

/** What every connection asks of the server, and of the network. */
export function clientConfig({ url }: PostgresOptions): pg.ClientConfig {
  return {
    application_name: 'vitals',
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    statement_timeout: STATEMENT_MS,
    lock_timeout: STATEMENT_MS - 2_000,
    idle_in_transaction_session_timeout: IDLE_MS,
  };
}

/**
 * A connection on which nothing is waited for without end. The driver's own limit gives a connection back that is still
 * busy, perhaps within a transaction; here the connection ends with what was too late on it.
 */
export class PostgresClient extends pg.Client {
  private isPatient = false;
  private isGathering = false;

  constructor(config: pg.ClientConfig | string | undefined) {
    super(config);
    // the queries that it ended say so; without a listener it would end the process
    this.on('error', () => undefined);
  }

  override query(...given: unknown[]): never {
    const asked = (super.query as (...given: unknown[]) => unknown)(...given);
    if (!(asked instanceof Promise) || this.isPatient) return asked as never;
    const late = setTimeout(() => this.destroy(), ANSWER_MS);
    return asked.finally(() => clearTimeout(late)) as never;
  }

  /** Runs statements without parameters, with semicolons between them. @returns what the server answered to each */
  async ask<R = Record<string, StoredValue>>(text: string): Promise<Answer<R>[]> {
    const answers = await (this.query(text) as Promise<Answer<R> | Answer<R>[]>);
    return Array.isArray(answers) ? answers : [answers];
  }

  /** Has what is asked in this turn sent in one piece: the driver writes each statement to the network by itself. */
  gather(): void {
    if (this.isGathering) return;
    const { stream } = this.connection;
    this.isGathering = true;
    stream.cork();
    process.nextTick(() => {
      this.isGathering = false;
      stream.uncork();
    });
  }

  /** Runs one statement outside of a transaction, however long it takes. */
  async askPatiently(text: string): Promise<void> {
    await this.ask('SET statement_timeout = 0');
    this.isPatient = true;
    try {
      await this.ask(text);
    } finally {
      this.isPatient = false;
    }
    await this.ask('RESET statement_timeout');
  }

  /** Ends the connection at once, and with it whatever is asked on it. */
  destroy(): void {
    const { stream } = this.connection;
    stream.destroy(new Error('the connection timeout expired: the server gave no answer'));
  }
}
