import { once } from 'node:events';
import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Backend } from './backend.js';
import { forward, mayBeRepeated } from './forward.js';

/** Bodies are kept for another try; longer ones than a control plane takes are not read to their end. */
const MAX_BODY = 2 * 1_048_576;
/** Cookies, tokens and names, as a control plane takes them. */
const MAX_HEAD = 65_536;

/**
 * A small load balancer in front of the instances of a cluster, as an operator would have a larger one: in turn to those
 * that are ready by `GET /health/ready`; what may be repeated goes on to the next after a failed connection, or a 503
 * with `Retry-After`; WebSockets pass. While none is ready, requests go to whichever answers at all, for heartbeats may be
 * taken without a database.
 */
export class Balancer {
  private backends: Backend[] = [];
  private next = 0;
  private readonly sockets = new Set<Duplex>();

  private constructor(
    private readonly server: Server,
    private readonly onChange: (port: number, isReady: boolean, reason: string) => void,
  ) {
    server.on('request', (request, response) => void this.pass(request, response));
    server.on('upgrade', (request, socket, head) => this.upgrade(request, socket as Socket, head));
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  /** @param onChange is told when an instance becomes ready, or no longer is */
  static async listen(
    port: number,
    onChange: (port: number, isReady: boolean, reason: string) => void = () => undefined,
  ): Promise<Balancer> {
    const server = http.createServer({ keepAliveTimeout: 65_000, maxHeaderSize: MAX_HEAD });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new Balancer(server, onChange);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Those that are ready, by their ports. */
  get ready(): number[] {
    return this.backends.filter(({ isReady }) => isReady).map(({ port }) => port);
  }

  /** Sends to these from now on. */
  use(ports: readonly number[]): void {
    for (const backend of this.backends) if (!ports.includes(backend.port)) backend.close();
    const told = (backend: Backend, reason: string): void =>
      this.onChange(backend.port, backend.isReady, reason);
    this.backends = ports.map(
      (port) => this.backends.find((backend) => backend.port === port) ?? new Backend(port, told),
    );
  }

  async close(): Promise<void> {
    this.use([]);
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, 'close');
  }

  /** Each once, in turn, those that are ready first; others only while none is. */
  private candidates(): Backend[] {
    const start = this.next++;
    const inTurn = this.backends.map(
      (_, step) => this.backends[(start + step) % this.backends.length] as Backend,
    );
    for (const suits of [({ isReady }: Backend) => isReady, ({ isReachable }: Backend) => isReachable]) {
      const found = inTurn.filter(suits);
      if (found.length > 0) return found;
    }
    return [];
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request).catch(() => undefined);
    if (body === undefined) return void request.destroy();
    const candidates = this.candidates();
    let isLost = false;
    for (const [at, backend] of candidates.entries()) {
      const isLast = at === candidates.length - 1;
      const outcome = await forward(request, body, backend, response, isLast);
      if (outcome === 'answered') return;
      isLost = outcome === 'lost';
      if (response.headersSent || (isLost && !mayBeRepeated(request))) break;
    }
    if (response.headersSent) return void response.destroy();
    const status = isLost ? 502 : 503;
    const title = isLost ? 'The answer of an instance was lost' : 'No instance answers';
    response.writeHead(status, { 'retry-after': '1', 'content-type': 'application/problem+json' });
    response.end(JSON.stringify({ title, status, code: 'no-answer', detail: title }));
  }

  private upgrade(request: IncomingMessage, client: Socket, head: Buffer): void {
    const [backend] = this.candidates();
    if (!backend) return void client.destroy();
    const server = connect(backend.port, '127.0.0.1', () => {
      const { method = 'GET', url = '/', rawHeaders } = request;
      const lines = [`${method} ${url} HTTP/1.1`];
      for (let at = 0; at < rawHeaders.length; at += 2)
        lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
      server.write(`${lines.join('\r\n')}\r\n\r\n`);
      server.write(head);
      server.pipe(client).pipe(server);
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY) throw new Error('the body is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
