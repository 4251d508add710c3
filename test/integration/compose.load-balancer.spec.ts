import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import http, { type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composedServices, LOAD_BALANCER_FILE } from '../support/compose.js';
import { freePort } from '../support/control-plane-process.js';
import { until } from '../cluster/load/until.js';
import { findExecutable } from './services/find-executable.js';
import { describeWith, provideService } from './services/provide-service.js';
import { Service } from './services/service.js';

/** Stands for an instance: says whether it is ready, and answers what it is told to. */
class Backend {
  isReady = true;
  taken = 0;
  answer: RequestListener = (_request, response) => response.end(this.name);

  private constructor(
    readonly name: string,
    private readonly server: Server,
  ) {
    server.on('request', (request, response) => {
      if (request.url === '/health/ready') response.writeHead(this.isReady ? 200 : 503).end();
      else if (request.url === '/healthz') response.end();
      else {
        this.taken++;
        this.answer(request, response);
      }
    });
    server.on('upgrade', ({ headers }, socket) => {
      // RFC 6455 section 4.2.2; HAProxy verifies it
      const key = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
      const accept = createHash('sha1').update(key).digest('base64');
      const lines = ['connection: upgrade', 'upgrade: websocket', `sec-websocket-accept: ${accept}`];
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
      socket.pipe(socket);
    });
  }

  static async listen(name: string): Promise<Backend> {
    const server = http.createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Backend(name, server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

const backends = [await Backend.listen('one'), await Backend.listen('two')] as const;
const [one, two] = backends;
afterAll(() => backends.forEach((backend) => backend.close()));

/** HAProxy with the configuration of the compose file, in front of two servers on loopback. */
async function startHaproxy(): Promise<Service> {
  const command = findExecutable(['haproxy'], ['/usr/sbin'], 'Debian: apt-get install haproxy');
  const folder = mkdtempSync(join(tmpdir(), 'vitals-haproxy-'));
  const port = await freePort();
  let text = readFileSync(LOAD_BALANCER_FILE, 'utf8').replace('bind :8080', `bind 127.0.0.1:${port}`);
  const names = Object.keys(composedServices()).filter((name) => name.startsWith('control-plane'));
  for (const [at, name] of names.entries())
    text = text.replaceAll(`${name}:3000`, `127.0.0.1:${backends[at]?.port}`);
  writeFileSync(join(folder, 'haproxy.cfg'), text);
  const args = ['-db', '-f', join(folder, 'haproxy.cfg')];
  return new Service({ name: 'HAProxy', command, args, folder, port }).start();
}

const service = await provideService('HAProxy', startHaproxy);

describeWith(service)('The load balancer of the compose file', () => {
  const url = `http://127.0.0.1:${service?.port}/`;
  const answers = async (count: number, method = 'PUT'): Promise<string[]> => {
    const asked = Array.from({ length: count }, async () => (await fetch(url, { method })).text());
    return Promise.all(asked);
  };

  beforeEach(async () => {
    for (const backend of backends) {
      backend.isReady = true;
      backend.answer = (_request, response) => response.end(backend.name);
    }
    await until(async () => new Set(await answers(4)).size === 2, 10_000, 100);
  });

  it('sends to an instance only while that is ready', async () => {
    one.isReady = false;
    await until(async () => (await answers(4)).every((name) => name === 'two'), 10_000, 100);
    expect(await answers(8)).toEqual(Array(8).fill('two'));
  });

  it('asks whichever serves while no instance is ready, for heartbeats may be taken without a database', async () => {
    one.isReady = two.isReady = false;
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    expect(new Set(await answers(8))).toEqual(new Set(['one', 'two']));
  });

  it('asks the other instance after a 503, and after a connection that ends without an answer', async () => {
    one.answer = (_request, response) => response.writeHead(503, { 'retry-after': '1' }).end();
    expect(await answers(6)).toEqual(Array(6).fill('two'));
    one.answer = (request) => request.socket.destroy();
    expect(await answers(6)).toEqual(Array(6).fill('two'));
  });

  it('repeats no POST that may have been taken', async () => {
    one.answer = two.answer = (request) => request.socket.destroy();
    const before = one.taken + two.taken;
    // a connection that the client had used before may end in the same way
    const status = await fetch(url, { method: 'POST', body: 'x' }).then(
      (answer) => answer.status,
      () => 502,
    );
    expect(status).toBe(502);
    expect(one.taken + two.taken).toBe(before + 1);
  });

  it('passes events on when they come', async () => {
    let end = (): void => undefined;
    one.answer = two.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: first\n\n');
      end = () => response.end();
    };
    const response = await fetch(url);
    const { value } = await (response.body as ReadableStream<Uint8Array>).getReader().read();
    expect(new TextDecoder().decode(value)).toBe('data: first\n\n');
    end();
  });

  it('lets WebSockets through', async () => {
    const socket = connect(service?.port as number, '127.0.0.1');
    socket.write(
      'GET /ws HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    let text = '';
    socket.on('data', (bytes) => (text += bytes.toString()));
    await until(() => text.includes('\r\n\r\n'), 5_000, 20);
    expect(text).toMatch(/^HTTP\/1.1 101 /);
    socket.write('through');
    await until(() => text.endsWith('through'), 5_000, 20);
    socket.destroy();
  });
});
