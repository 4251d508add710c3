import { once } from 'node:events';
import http, { type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Caller } from './caller.js';
import { until } from './until.js';

/** How long a service may be failing before it is removed: longer than any run. */
const NEVER = 0;

/** Services whose checks are watched by the servers that are checked: each probe is noted with its time. */
export class CheckedServices {
  /** Times of the probes of each service, by its id; monotonic milliseconds. */
  readonly probes = new Map<string, number[]>();

  private constructor(
    private readonly server: Server,
    private readonly caller: Caller,
    private readonly adminToken: string,
    readonly intervalMs: number,
  ) {
    server.on('request', (request, response) => {
      // a check goes to its path with the id of the service after it
      const id = decodeURIComponent((request.url ?? '').slice('/health/'.length));
      this.probes.get(id)?.push(performance.now());
      response.end('OK');
    });
  }

  static async listen(caller: Caller, adminToken: string, intervalMs: number): Promise<CheckedServices> {
    const server = http.createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CheckedServices(server, caller, adminToken, intervalMs);
  }

  /** Registers so many, under ids that begin so. */
  async register(prefix: string, count: number): Promise<void> {
    for (let at = 0; at < count; at++) {
      const id = `${prefix}-${at}`;
      this.probes.set(id, []);
      const check = {
        healthPath: '/health/',
        interval: this.intervalMs,
        deregisterCriticalServiceAfter: NEVER,
      };
      const node = { serviceId: id, protocol: 'http', address: '127.0.0.1', port: this.port, check };
      await until(async () => {
        const answer = await this.caller.ask({
          method: 'POST',
          path: '/services',
          token: this.adminToken,
          body: node,
        });
        return answer?.status === 200;
      });
    }
  }

  get subjects(): string[] {
    return [...this.probes.keys()].map((id) => `${id}:http:127.0.0.1:${this.port}`);
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private get port(): number {
    return (this.server.address() as AddressInfo).port;
  }
}
