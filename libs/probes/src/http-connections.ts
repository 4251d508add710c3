import type { CancelTimer, Clock } from '@vitals/core/time';
import type { Connector } from './connector.js';
import { HttpConnection, ReceivedBytes } from './http-connection.js';
import type { HttpRequest } from './http-request.js';
import type { ProbeRun } from './probe-run.js';

/**
 * A connection is renewed after so many requests or milliseconds, so that a change of DNS is seen. Its life is drawn
 * from the span, so that connections opened together (at boot) are not renewed together.
 */
const MAX_REQUESTS = 30;
const MIN_LIFE_MS = 40_000;
const MAX_LIFE_MS = 60_000;

/** An idle connection is closed after this, in milliseconds; sooner if the server says that it will. */
const MAX_IDLE_MS = 60_000;
/** So much sooner, for the request has to be there before. */
const AHEAD_OF_SERVER_MS = 1_000;

/** What is read of an answer after its verdict, so that its connection can be kept: in bytes, and in milliseconds. */
const MAX_DROPPED_BYTES = 65_536;
const MAX_DROPPING_MS = 1_000;

/**
 * Connections that are kept for the next check of the same origin. Whoever takes one has it alone. A connection that
 * nobody takes again is closed within a minute; beyond the capacity the one that is idle longest is.
 */
export class HttpConnections {
  private readonly idleByKey = new Map<string, HttpConnection[]>();
  /** In the order in which they became idle. */
  private readonly idle = new Set<HttpConnection>();
  private readonly open = new Set<HttpConnection>();
  /** What stops the time of each that is idle, or whose answer nobody waits for. */
  private readonly timers = new Map<HttpConnection, CancelTimer>();

  /** @param mostIdle how many may be kept open while nothing is asked of them */
  constructor(
    private readonly connector: Connector,
    private readonly clock: Clock,
    private readonly mostIdle: number,
  ) {}

  /** How many are open, and how many of them are idle. */
  get counts(): { readonly open: number; readonly idle: number } {
    return { open: this.open.size, idle: this.idle.size };
  }

  /** An idle connection, the one that was used last: the server is least likely to have closed it. */
  take({ key }: HttpRequest): HttpConnection | undefined {
    for (;;) {
      const connection = this.idleByKey.get(key)?.at(-1);
      if (!connection) return undefined;
      this.forget(connection);
      if (this.isUsable(connection)) return connection;
      connection.close();
    }
  }

  /** @throws what `Connector.connect` throws */
  async connect({ key, destination }: HttpRequest, run: ProbeRun): Promise<HttpConnection> {
    const received = new ReceivedBytes();
    const socket = await run.connect(this.connector, { ...destination, onread: received });
    const lifeMs = MIN_LIFE_MS + Math.random() * (MAX_LIFE_MS - MIN_LIFE_MS);
    const renewAtMs = this.clock.monotonicMs() + lifeMs;
    const connection = new HttpConnection(key, renewAtMs, socket, received, (closed) => {
      this.open.delete(closed);
      this.forget(closed);
    });
    this.open.add(connection);
    return connection;
  }

  /**
   * Takes a connection back on whose answer nobody waits any more. If the answer is not complete, a little more of it is
   * read; a connection whose answer then is not over is closed.
   */
  giveBack(connection: HttpConnection): void {
    if (!connection.isFree && this.timers.size >= this.mostIdle) return connection.close();
    this.closeAfter(connection, MAX_DROPPING_MS);
    connection.dropRest(MAX_DROPPED_BYTES, () => this.keep(connection));
  }

  /** Closes all of them. */
  closeAll(): void {
    for (const connection of this.open) connection.close();
  }

  private keep(connection: HttpConnection): void {
    const idleMs = Math.min(MAX_IDLE_MS, connection.keepsForMs - AHEAD_OF_SERVER_MS);
    if (idleMs <= 0 || !this.isUsable(connection)) return connection.close();
    this.closeAfter(connection, idleMs);
    const others = this.idleByKey.get(connection.key);
    if (others) others.push(connection);
    else this.idleByKey.set(connection.key, [connection]);
    this.idle.add(connection);
    if (this.idle.size <= this.mostIdle) return;
    for (const longest of this.idle) {
      this.forget(longest);
      return longest.close();
    }
  }

  private closeAfter(connection: HttpConnection, ms: number): void {
    this.stopTimer(connection);
    const cancel = this.clock.after(ms, () => connection.close());
    this.timers.set(connection, cancel);
  }

  private stopTimer(connection: HttpConnection): void {
    this.timers.get(connection)?.();
    this.timers.delete(connection);
  }

  private isUsable(connection: HttpConnection): boolean {
    const isYoung = this.clock.monotonicMs() < connection.renewAtMs && connection.requests < MAX_REQUESTS;
    return isYoung && !connection.isOver;
  }

  private forget(connection: HttpConnection): void {
    this.stopTimer(connection);
    if (!this.idle.delete(connection)) return;
    const others = this.idleByKey.get(connection.key) ?? [];
    if (others.length === 1) this.idleByKey.delete(connection.key);
    else others.splice(others.lastIndexOf(connection), 1);
  }
}
