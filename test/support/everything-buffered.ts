import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { registration, sendTo, until } from './control-plane.js';

/** A service that checks look at: `/up` is always healthy, `/falls` only the first time. */
export class CheckedService {
  private fell = false;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<CheckedService> {
    const server = createServer((request, response) => {
      const healthy = request.url === '/up' || !service.fell;
      if (request.url === '/falls') service.fell = true;
      response.writeHead(healthy ? 200 : 500).end();
    });
    const service = new CheckedService(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return service;
  }

  url(path: '/up' | '/falls'): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** Everything that the control plane ever buffers, as it tells it. */
export interface Told {
  /** Decided, and on their way through a queue. */
  readonly transitions: readonly object[];
  /** When the last beat came; written behind. */
  readonly heardAt: string;
  /** Results of the check that passes and of the one that fails; written behind. */
  readonly results: readonly { readonly at: string; readonly outcome: string }[];
  /** The streak of failures of a check that was not judged yet; written behind. */
  readonly streak: { readonly since: string; readonly failures: number };
  /** An answer that was waited for until it was durable, the last one before the signal. */
  readonly reservation: string;
}

/** Asks one control plane for all of it. */
export class Everything {
  constructor(
    private readonly url: string,
    private readonly reservation: string = '',
  ) {}

  /** Has it buffer everything, and returns what it tells of that. */
  static async buffered(url: string, service: CheckedService): Promise<Told> {
    for (const name of ['p1', 'p2']) {
      await sendTo(
        url,
        'POST',
        '/providers',
        registration(name, { metadata: { resources: { total_cpu: 64 } } }),
      );
      await beat(url, name);
    }
    for (const path of ['/up', '/falls'] as const) {
      const { status, body } = await sendTo(url, 'POST', '/checks', {
        id: path.slice(1),
        type: 'http',
        http: { url: service.url(path) },
        interval: '1s',
        failures_before_warning: 100,
        failures_before_critical: 100,
      });
      if (status !== 201) throw new Error(JSON.stringify(body));
    }
    const isThere = ({ results, streak }: Told): boolean => streak.failures >= 2 && results.length >= 4;
    await until(50_000, () => new Everything(url).told(), isThere);
    const answer = await sendTo(url, 'POST', '/placement/reservations', {
      requirement: { cpu: 1 },
      ttl_seconds: 3_600,
    });
    await beat(url, 'p1');
    return await new Everything(url, String(answer.body['id'])).told();
  }

  async told(): Promise<Told> {
    const [log, provider, up, falls, falling, held] = await Promise.all([
      this.get('/transitions'),
      this.get('/providers/p1/status'),
      this.get('/checks/up/results'),
      this.get('/checks/falls/results'),
      this.get('/checks/falls'),
      this.get(`/placement/reservations/${this.reservation}`),
    ]);
    const results = [up, falls].flatMap((answer) => answer['results'] as Told['results']);
    const streak = { since: String(falling['failing_since']), failures: Number(falling['failures']) };
    return {
      transitions: log['transitions'] as object[],
      heardAt: String(provider['last_heartbeat_at']),
      results,
      streak,
      reservation: String(held['id']),
    };
  }

  /** How many results of the check that passes are counted in its uptime; what is in memory alone is not. */
  async counted(): Promise<number> {
    const { summary } = (await this.get('/checks/up/uptime')) as { summary?: { up: number } };
    return summary?.up ?? 0;
  }

  private async get(path: string): Promise<Record<string, unknown>> {
    return (await sendTo(this.url, 'GET', path)).body;
  }
}

/** Sends the beat of a provider; its status. */
export async function beat(url: string, name: string): Promise<number> {
  const body = { timestamp: new Date().toISOString(), phase: 'Ready' };
  return (await sendTo(url, 'PUT', `/providers/${name}/status`, body)).status;
}
