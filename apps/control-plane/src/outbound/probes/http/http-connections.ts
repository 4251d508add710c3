import type { Clock } from '@vitals/core/time';
import type { GuardedConnector } from '../../guard/guarded.connector.js';
import type { ProbeRun } from '../probe-run.js';
import { HttpConnection } from './http-connection.js';
import type { HttpRequest } from './http-request.js';

/**
 * A connection is renewed after so many requests or milliseconds, so that a change of DNS is seen. Its life is drawn
 * from the span, so that connections opened together (at boot) are not renewed together.
 */
const MOST_REQUESTS = 30;
const SHORTEST_LIFE_MS = 40_000;
const LONGEST_LIFE_MS = 60_000;

/**
 * Connections that are kept for the next check of the same origin. Whoever takes one has it alone. A connection that
 * nobody takes again is closed within a minute; beyond the capacity the one that is idle longest is.
 */
export class HttpConnections {
  private readonly idleByKey = new Map<string, HttpConnection[]>();
  /** In the order in which they became idle. */
  private readonly idle = new Set<HttpConnection>();
  private readonly open = new Set<HttpConnection>();

  /** @param mostIdle how many may be kept open while nothing is asked of them */
  constructor(
    private readonly connector: GuardedConnector,
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

  /** @throws what `GuardedConnector.connect` throws */
  async connect({ key, origin, destination }: HttpRequest, run: ProbeRun): Promise<HttpConnection> {
    const socket = await this.connector.connect(destination, run.signal, (step) => (run.step = step));
    const lifeMs = SHORTEST_LIFE_MS + Math.random() * (LONGEST_LIFE_MS - SHORTEST_LIFE_MS);
    const connection = new HttpConnection(
      origin,
      key,
      this.clock.monotonicMs() + lifeMs,
      socket,
      (closed) => {
        this.open.delete(closed);
        this.forget(closed);
      },
    );
    this.open.add(connection);
    return connection;
  }

  /** Takes a connection back whose answer was read to its end. */
  giveBack(connection: HttpConnection): void {
    if (!this.isUsable(connection)) return connection.close();
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

  /** Closes all of them. */
  closeAll(): void {
    for (const connection of this.open) connection.close();
  }

  private isUsable(connection: HttpConnection): boolean {
    const isYoung = this.clock.monotonicMs() < connection.renewAtMs && connection.requests < MOST_REQUESTS;
    return isYoung && !connection.isOver;
  }

  private forget(connection: HttpConnection): void {
    if (!this.idle.delete(connection)) return;
    const others = this.idleByKey.get(connection.key) ?? [];
    if (others.length === 1) this.idleByKey.delete(connection.key);
    else others.splice(others.lastIndexOf(connection), 1);
  }
}
