import { once } from 'node:events';
import http, { type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { until } from '../load/until.js';
import { Balancer } from './balancer.js';

const servers: Server[] = [];
let balancer: Balancer;

/** An instance that is ready while `isReady` says so. */
async function instance(answer: RequestListener, isReady: () => boolean = () => true): Promise<number> {
  const server = http.createServer((request, response) => {
    if (request.url === '/health/ready') response.writeHead(isReady() ? 200 : 503).end();
    else answer(request, response);
  });
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

const ask = (method = 'PUT', path = '/'): Promise<Response> =>
  fetch(`http://127.0.0.1:${balancer.port}${path}`, { method });
const named =
  (name: string): RequestListener =>
  (_request, response) =>
    response.end(name);

async function use(...ports: number[]): Promise<void> {
  balancer.use(ports);
  await until(() => balancer.ready.length === ports.length, 5_000, 10);
}

beforeEach(async () => {
  balancer = await Balancer.listen(0);
});

afterEach(async () => {
  await balancer.close();
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

describe('The small load balancer', () => {
  it('asks the instances in turn', async () => {
    await use(await instance(named('one')), await instance(named('two')));
    const answers = [];
    for (let count = 0; count < 4; count++) answers.push(await (await ask()).text());
    expect(answers.sort()).toEqual(['one', 'one', 'two', 'two']);
  });

  it('asks the next one after a 503 with Retry-After, a refused connection, and a lost answer', async () => {
    const busy = await instance((_request, response) =>
      response.writeHead(503, { 'retry-after': '1' }).end(),
    );
    const lossy = await instance((request) => request.socket.destroy());
    await use(busy, lossy, await instance(named('well')));
    for (let count = 0; count < 6; count++) expect(await (await ask()).text()).toBe('well');
  });

  it.each([
    ['POST', '/providers'],
    ['PUT', '/providers/vm-1'],
  ])('repeats no %s of %s that may have been taken', async (method, path) => {
    let taken = 0;
    const lose: RequestListener = (request) => {
      taken++;
      request.socket.destroy();
    };
    await use(await instance(lose), await instance(lose));
    expect((await ask(method, path)).status).toBe(502);
    expect(taken).toBe(1);
  });

  it('leaves out an instance that is not ready, unless none is', async () => {
    let isReady = true;
    const ports = [await instance(named('one'), () => isReady), await instance(named('two'))];
    await use(...ports);
    isReady = false;
    await until(() => balancer.ready.length === 1, 5_000, 10);
    expect(await (await ask()).text()).toBe('two');
    expect(await (await ask()).text()).toBe('two');
    balancer.use([ports[0] as number]);
    await until(() => balancer.ready.length === 0, 5_000, 10);
    expect(await (await ask()).text()).toBe('one');
  });

  it('says that there is nobody', async () => {
    const response = await ask();
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
  });

  it('lets WebSockets through', async () => {
    await use(await instance(named('one')));
    const socket = connect(balancer.port, '127.0.0.1');
    socket.write('GET /ws HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    let text = '';
    socket.on('data', (bytes) => (text += bytes.toString()));
    await until(() => text.endsWith('\r\n\r\n'), 5_000, 10);
    socket.write('through');
    await until(() => text.endsWith('through'), 5_000, 10);
    socket.destroy();
  });
});
