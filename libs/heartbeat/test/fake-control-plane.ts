import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEachTest } from '../../../test/environment/after-each-test.js';

/** A request as it came. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What is answered instead of what a control plane would say. */
export interface FakeAnswer {
  /** 0 closes the connection without a word; what has no `content-type` is sent without one, unless it is an object. */
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | object;
}

/** An error as a control plane tells it; `code` is its own for this status unless another is given. */
export function problem(
  status: number,
  code = CODES[status] ?? 'refused',
  detail: string = code,
): FakeAnswer {
  const headers = { 'content-type': 'application/problem+json; charset=utf-8' };
  return { status, headers, body: { type: `urn:vitals:problem:${code}`, status, detail, code } };
}

const CODES: Readonly<Record<number, string>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'provider-not-registered',
  409: 'generation-stale',
  422: 'request-invalid',
  429: 'rate-limited',
  500: 'internal',
  503: 'store-unavailable',
};

/** The same, and when to come back. */
export function busy(retryAfter: string, status = 503): FakeAnswer {
  const answer = problem(status);
  return { ...answer, headers: { ...answer.headers, 'retry-after': retryAfter } };
}

/** Waits for something that happens behind a real socket, or in a real process: 15 s at least. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 7_500; turn++) {
    if (await condition()) return;
    await pause(2);
  }
  throw new Error(`waited in vain for ${condition.toString()}`);
}

const running: FakeControlPlane[] = [];

afterEachTest(async () => {
  await Promise.all(running.splice(0).map((controlPlane) => controlPlane.close()));
});

/** Plays the control plane on a real socket of loopback; closed after the test. */
export class FakeControlPlane {
  readonly requests: Received[] = [];
  /** What to say to a request; `undefined` for what a control plane would say. */
  answer: (request: Received) => FakeAnswer | undefined | Promise<FakeAnswer | undefined> = () => undefined;
  intervalSeconds = 1;
  url = '';
  generation = 0;
  connections = 0;
  /** The most requests that were unanswered at one time. */
  mostOpen = 0;
  private open = 0;
  private readonly server = createServer((request, response) => void this.serve(request, response));

  static async start(): Promise<FakeControlPlane> {
    const controlPlane = new FakeControlPlane();
    controlPlane.server.on('connection', () => controlPlane.connections++);
    await new Promise<void>((resolve) => controlPlane.server.listen(0, '127.0.0.1', resolve));
    const { port } = controlPlane.server.address() as AddressInfo;
    controlPlane.url = `http://127.0.0.1:${port}`;
    running.push(controlPlane);
    return controlPlane;
  }

  /** The address of a control plane that is away. */
  static async away(): Promise<string> {
    const controlPlane = await FakeControlPlane.start();
    await controlPlane.close();
    return controlPlane.url;
  }

  get registrations(): Received[] {
    return this.requests.filter(({ method }) => method === 'POST');
  }

  get beats(): Received[] {
    return this.requests.filter(({ method }) => method === 'PUT');
  }

  get infos(): Received[] {
    return this.requests.filter(({ method }) => method === 'PATCH');
  }

  get phases(): unknown[] {
    return this.beats.map(({ body }) => body['phase']);
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    this.open++;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    response.on('close', () => this.open--);
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const request: Received = {
      method: incoming.method as string,
      path: incoming.url as string,
      headers: incoming.headers,
      body: JSON.parse(Buffer.concat(chunks).toString()) as Received['body'],
    };
    this.requests.push(request);
    const { status, headers, body } = (await this.answer(request)) ?? this.usual(request);
    if (status === 0) {
      incoming.socket.destroy();
      return;
    }
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    const type = typeof body === 'object' ? { 'content-type': 'application/json; charset=utf-8' } : {};
    response.writeHead(status, { ...type, ...headers }).end(text);
  }

  /** What a control plane without authentication says. */
  usual({ method, body: { name } }: Received): FakeAnswer {
    switch (method) {
      case 'POST':
        return { status: 201, body: { name, id: 'id-1', generation: ++this.generation } };
      case 'PUT':
        return { status: 200, body: { next_interval_seconds: this.intervalSeconds } };
      default:
        return { status: 200, body: { last_synced_at: '2026-01-01T00:00:00.000Z' } };
    }
  }
}
