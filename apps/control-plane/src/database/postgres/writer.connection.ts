import { setTimeout as wait } from 'node:timers/promises';
import { VitalsError } from '@vitals/core/errors';
import { clientConfig, PostgresClient, type PostgresOptions } from './postgres.client.js';
import { isAway, textOf } from './postgres.errors.js';
import { PostgresStatements } from './postgres.statements.js';

/** The name of the lock of all control planes; with that of the schema it is the lock of one database. */
const LOCK = 1_449_358_433;
/** The name of the lock of whoever migrates: the instances of a cluster may start at once. */
const MIGRATING = LOCK + 1;
/** How long the lock is waited for after what held it was ended. */
const LOCK_WAIT_MS = 1_000;
const LOCK_RETRY_MS = 50;
/** How long, at boot, for a server that starts too, and for the server to notice that another machine is gone. */
const BOOT_WAIT_MS = 60_000;
const BOOT_RETRY_MS = 1_000;

/** A commit is on disk whatever the server does by default; a machine that is gone is noticed within half a minute. */
const SESSION = `
  SELECT set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
    set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '20000', false),
    set_config('synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), false),
    pg_is_in_recovery() AS standby,
    (SELECT backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()) AS started`;

const HOLDER = `
  SELECT pid, backend_start::text AS started, coalesce(host(client_addr), 'this machine') AS address
  FROM pg_locks JOIN pg_stat_activity USING (pid)
  WHERE locktype = 'advisory' AND classid = ${LOCK} AND granted
    AND objid = (hashtext(current_schema())::bigint & 4294967295)::oid
    AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** A connection at the server: its process, and when that began. */
interface Backend {
  readonly pid: number | null;
  readonly started: string;
}

/** A connection that is open and holds the lock. */
export interface Session {
  readonly client: PostgresClient;
  readonly statements: PostgresStatements;
}

/**
 * The one connection that writes. It holds a lock for as long as it lasts, so that two control planes cannot judge the
 * same providers. It is made anew when it was lost, after what is left of the old one at the server was ended.
 */
export class WriterConnection {
  private session: Session | undefined;
  /** The last one. */
  private backend: Backend | undefined;

  constructor(private readonly options: PostgresOptions) {}

  /** Whether other control planes use the database too. */
  get isShared(): boolean {
    return this.options.isShared ?? false;
  }

  /**
   * Connects for the first time; waits a while for a server that is starting, and for another control plane to end.
   * @param onWait called each time with why there is no connection yet
   * @throws VitalsError `settings-invalid` if another control plane holds the lock; whatever the server refused
   */
  async open(onWait: (why: string) => void): Promise<Session> {
    const untilMs = performance.now() + (this.options.bootWaitMs ?? BOOT_WAIT_MS);
    for (;;) {
      try {
        return await this.connected();
      } catch (error) {
        const mayChange = isAway(error) || error instanceof VitalsError;
        if (!mayChange || performance.now() > untilMs) throw error;
        onWait(textOf(error));
        await wait(BOOT_RETRY_MS);
      }
    }
  }

  /** The connection, made anew if it was lost. @throws as `open`, without waiting for a server */
  async connected(): Promise<Session> {
    if (this.session) return this.session;
    const client = new PostgresClient({ ...clientConfig(this.options), pipeline: true });
    try {
      await client.connect();
      const backend = await prepare(client);
      await this.lock(client);
      this.backend = backend;
    } catch (error) {
      client.destroy();
      throw error;
    }
    const session = { client, statements: new PostgresStatements(client) };
    client.once('end', () => {
      if (this.session === session) this.session = undefined;
    });
    return (this.session = session);
  }

  /** Waits until no other process migrates the database, and keeps others from it until `endMigrating`, or until the connection ends. */
  async beginMigrating(): Promise<void> {
    const { client } = await this.connected();
    for (const untilMs = performance.now() + BOOT_WAIT_MS; ;) {
      const [tried] = await client.ask<{ locked: boolean }>(migrating('pg_try_advisory_lock'));
      if (tried?.rows[0]?.locked) return;
      if (performance.now() > untilMs) {
        const detail =
          'another process has been migrating the database for a minute; start again once it has ended';
        throw new VitalsError('settings-invalid', `DATABASE_URL: ${detail}`);
      }
      await wait(LOCK_RETRY_MS);
    }
  }

  async endMigrating(): Promise<void> {
    const { client } = await this.connected();
    await client.ask(migrating('pg_advisory_unlock'));
  }

  /** Ends the connection at once: the next one is made anew. */
  drop(): void {
    this.session?.client.destroy();
    this.session = undefined;
  }

  async close(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    await session?.client.end();
  }

  private async lock(client: PostgresClient): Promise<void> {
    const how = this.options.isShared ? 'pg_try_advisory_lock_shared' : 'pg_try_advisory_lock';
    const text = `SELECT ${how}(${LOCK}, hashtext(current_schema())) AS locked`;
    for (const untilMs = performance.now() + LOCK_WAIT_MS; ;) {
      const [tried] = await client.ask<{ locked: boolean }>(text);
      if (tried?.rows[0]?.locked) return;
      const [held] = await client.ask<Backend & { address: string }>(HOLDER);
      const holder = held?.rows[0];
      const isOurs = holder && holder.pid === this.backend?.pid && holder.started === this.backend.started;
      if (isOurs) await client.ask(`SELECT pg_terminate_backend(${holder.pid})`);
      else if (performance.now() > untilMs) throw inUse(holder?.address);
      await wait(LOCK_RETRY_MS);
    }
  }
}

function migrating(how: string): string {
  return `SELECT ${how}(${MIGRATING}, hashtext(current_schema())) AS locked`;
}

async function prepare(client: PostgresClient): Promise<Backend> {
  const [answer] = (await client.ask(SESSION)) as [{ rows: [{ standby: boolean; started: string }] }] &
    unknown[];
  const [{ standby, started }] = answer.rows;
  if (standby) throw new VitalsError('store-unavailable', 'the server is a standby, which is read only');
  return { pid: (client as unknown as { processID: number }).processID, started };
}

function inUse(address = 'an unknown address'): VitalsError {
  const detail = `DATABASE_URL: the database is in use by another control plane, at ${address}; one at a time may use it: stop the other one, or name another database`;
  return new VitalsError('settings-invalid', detail);
}
