import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { endConnections } from './connections.js';
import { RequestFront } from './front.js';

const OFFER = 'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQ\r\n';
const WEBSOCKET =
  'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n';

let server: Server | undefined;
let socket: Socket;
const front = new RequestFront();

/** Listens, and says what arrives on a connection to it. */
async function open(handle: RequestListener): Promise<() => string> {
  const listening = front.createServer(handle, {});
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  socket = connect((listening.address() as AddressInfo).port, '127.0.0.1');
  let said = '';
  socket.on('data', (data: Buffer) => (said += data.toString()));
  return () => said;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** Answers with what it was asked. */
const echo: RequestListener = (request, response) => {
  let body = '';
  request.on('data', (data: Buffer) => (body += data.toString()));
  request.on('end', () =>
    response.end(`[${request.method} ${request.url} ${request.headers.upgrade} ${body}]`),
  );
};

afterEach(async () => {
  socket.destroy();
  await new Promise((resolve) => server?.close(resolve));
});

describe('Upgrades', () => {
  it('answers a request that offers HTTP/2 as if it had not, and the next ones of its connection too', async () => {
    const said = await open(echo);
    const warnings: Error[] = [];
    process.on('warning', (warning) => warnings.push(warning));
    for (let count = 0; count < 30; count++) {
      socket.write(`GET /${count} HTTP/1.1\r\nhost: a\r\n${count === 1 ? '' : OFFER}\r\n`);
      await until(() => said().includes(`[GET /${count} undefined ]`));
    }
    expect([said().includes('101 '), warnings]).toEqual([false, []]);
  });

  it('keeps the body of such a request, what came with its head and what comes later', async () => {
    const said = await open(echo);
    socket.write(`POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n${OFFER}\r\nabc`);
    await new Promise((resolve) => setImmediate(resolve));
    socket.write('def');
    await until(() => said().includes('[POST /a undefined abcdef]'));
    socket.write(
      `POST /b HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n${OFFER}\r\n3\r\nxyz\r\n0\r\n\r\n`,
    );
    await until(() => said().includes('[POST /b undefined xyz]'));
  });

  it('lets the answers to earlier requests of the connection go first', async () => {
    const waiting: (() => void)[] = [];
    const said = await open((request, response) => {
      if (request.url === '/slow') waiting.push(() => response.end('[slow]'));
      else echo(request, response);
    });
    socket.write(`GET /slow HTTP/1.1\r\nhost: a\r\n\r\nGET /next HTTP/1.1\r\nhost: a\r\n${OFFER}\r\n`);
    await until(() => waiting.length > 0);
    waiting[0]?.();
    await until(() => said().includes('[GET /next undefined ]'));
    expect(said().indexOf('[slow]')).toBeLessThan(said().indexOf('[GET /next'));
  });

  it('closes the connection after the answer where the client asks for it', async () => {
    const said = await open(echo);
    let closed = false;
    socket.on('close', () => (closed = true));
    socket.write('GET /last HTTP/1.1\r\nhost: a\r\nconnection: close, upgrade\r\nupgrade: h2c\r\n\r\n');
    await until(() => closed);
    expect(said()).toContain('[GET /last undefined ]');
  });

  it.each([
    [
      'a path without any',
      'GET /nothing HTTP/1.1\r\nhost: a\r\n',
      /^HTTP\/1\.1 404 [^]*problem\+json[^]*only at \/ws/,
    ],
    ['a request without a host', 'GET /ws HTTP/1.1\r\n', /^HTTP\/1\.1 400 [^]*"code":"ERR10014"/],
  ])('refuses a WebSocket at %s, and ends the connection', async (_what, request, answer) => {
    front.upgrades.put('/ws', () => undefined);
    const said = await open(echo);
    let closed = false;
    socket.on('close', () => (closed = true));
    socket.write(`${request}${WEBSOCKET}\r\n`);
    await until(() => closed);
    expect(said()).toMatch(answer);
  });

  it.each([
    ['a WebSocket', `GET /ws HTTP/1.1\r\nhost: a\r\n${WEBSOCKET}\r\n`, 'upgrade'],
    ['HTTP/2', `GET / HTTP/1.1\r\nhost: a\r\n${OFFER}\r\n`, 'upgrade'],
    ['a tunnel', 'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n', 'connect'],
  ])(
    'ends with a server that is closing where a connection asks for %s behind an answer that it does not read',
    async (_what, behind, event) => {
      await open((_request, response) => response.end(Buffer.alloc(32 * 1024 * 1024)));
      socket.on('error', () => undefined).pause();
      socket.write(`GET /long HTTP/1.1\r\nhost: a\r\n\r\n${behind}`);
      await once(server as Server, event);
      endConnections(server as Server, front.sockets, 10);
      server?.close();
      await once(server as Server, 'close');
    },
  );

  it('leaves a WebSocket once to whoever has its path, also where it is told twice, and where the request names the whole address', async () => {
    const taken: IncomingMessage[] = [];
    front.upgrades.put('/ws', (request, given) => {
      taken.push(request);
      given.destroy();
    });
    await open(echo);
    server?.on('upgrade', (...asked: [IncomingMessage, Socket, Buffer]) =>
      front.upgrades.handle(server as Server, asked, () => undefined),
    );
    let closed = false;
    socket.on('close', () => (closed = true));
    socket.write(`GET http://a/ws?x=1 HTTP/1.1\r\nhost: a\r\n${WEBSOCKET}\r\n`);
    await until(() => closed);
    expect(taken.map(({ url }) => url)).toEqual(['/ws?x=1']);
  });
});
