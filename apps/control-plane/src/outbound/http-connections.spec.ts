import { ManualClock, SystemClock } from '@vitals/core/time';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { FakeNameResolver } from '../../test/outbound/fake.name-resolver.js';
import { httpTarget, outbound } from '../../test/outbound/outbound-fixture.js';
import { closeServers, letGo, listen, tcpServer } from '../../test/outbound/test-servers.js';
import { passTimeUntil, until } from '../../test/outbound/virtual-time.js';

afterEach(closeServers);

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';

/** A server whose answers are told by the number of the connection and of the request on it. */
function numbered(serve: (socket: Socket, connection: number, request: number) => void) {
  let connections = 0;
  return tcpServer((socket) => {
    const connection = ++connections;
    let request = 0;
    socket.on('data', () => serve(socket, connection, ++request));
  });
}

function setUp(port: number, clock = new ManualClock(), more: object = {}) {
  const names = new FakeNameResolver({ 'target.test': ['127.0.0.1'], 'other.test': ['127.0.0.1'] });
  const { prober } = outbound({ clock, names, ...more });
  const target = httpTarget(`http://target.test:${port}/`);
  return { prober, clock, names, target, look: () => prober.probe(target, 10_000) };
}

describe('a connection of an HTTP check', () => {
  it('is used again', async () => {
    const server = await numbered((socket) => socket.write(OK));
    const { look, prober, names } = setUp(server.port);
    for (let count = 0; count < 5; count++) expect(await look()).toMatchObject({ outcome: 'success' });
    expect(server.connections).toHaveLength(1);
    expect(names.questions).toHaveLength(1);
    expect(prober.httpConnections).toEqual({ open: 1, idle: 1 });
  });

  it('is renewed after thirty requests, so that a change of DNS is seen', async () => {
    const server = await numbered((socket) => socket.write(OK));
    const { look, names } = setUp(server.port);
    for (let count = 0; count < 30; count++) await look();
    expect(server.connections).toHaveLength(1);
    names.table['target.test'] = ['10.0.0.1'];
    expect(await look()).toMatchObject({ outcome: 'denied' });
    await letGo(server.connections[0]);
  });

  it('is renewed within a minute, not before forty seconds', async () => {
    const server = await numbered((socket) => socket.write(OK));
    const { look, clock } = setUp(server.port);
    await look();
    clock.jump(39_999);
    await look();
    expect(server.connections).toHaveLength(1);
    clock.jump(20_001);
    await look();
    expect(server.connections).toHaveLength(2);
  });

  it.each([
    ['end', (socket: Socket) => socket.end()],
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('that the server closes while it is idle (%s) is no failure of the next check', async (_how, close) => {
    const server = await numbered((socket) => socket.write(OK));
    const { look, prober } = setUp(server.port);
    await look();
    close(server.connections[0] as Socket);
    await until(() => prober.httpConnections.open === 0);
    expect(await look()).toMatchObject({ outcome: 'success' });
    expect(server.connections).toHaveLength(2);
  });

  it.each([
    ['closes', (socket: Socket) => void socket.end()],
    ['resets', (socket: Socket) => void socket.resetAndDestroy()],
    ['answers half', (socket: Socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf')],
  ])(
    'that the server %s when it is asked again is no failure: a new one is asked',
    async (_how, misbehave) => {
      const server = await numbered((socket, _connection, request) =>
        request === 1 ? socket.write(OK) : misbehave(socket),
      );
      const { target, prober } = setUp(server.port);
      const expectedBody = { kind: 'lacks', text: 'x' } as const;
      const look = () => prober.probe({ ...target, expectedBody }, 10_000);
      await look();
      expect(await look()).toMatchObject({ outcome: 'success' });
      expect(server.connections).toHaveLength(2);
    },
  );

  it('that fails again when it is new is a failure', async () => {
    const server = await numbered((socket, connection) =>
      connection === 1 ? socket.write(OK) : socket.end(),
    );
    const { look } = setUp(server.port);
    await look();
    (server.connections[0] as Socket).end();
    expect(await look()).toMatchObject({
      outcome: 'failure',
      message: 'the connection was closed without an answer',
    });
    expect(server.connections).toHaveLength(2);
  });

  it('that has gone dead does not cost the check: a new one is asked after half of the time', async () => {
    let silent = false;
    const server = await numbered((socket, connection, request) => {
      if (connection === 1 && request === 2) silent = true;
      else socket.write(OK);
    });
    const { look, clock, prober } = setUp(server.port);
    await look();
    const second = look();
    await until(() => silent);
    await clock.advance(4_999);
    expect(server.connections).toHaveLength(1);
    await clock.advance(1);
    expect(await second).toMatchObject({ outcome: 'success' });
    await letGo(server.connections[0]);
    expect(prober.httpConnections.idle).toBe(1);
  });

  it('that is slow may still answer first after half of the time', async () => {
    const held: Socket[] = [];
    const server = await numbered((socket, connection, request) => {
      if (connection === 1 && request === 1) socket.write(OK);
      else held.push(socket);
    });
    const { look, clock } = setUp(server.port);
    await look();
    const second = look();
    await until(() => held.length === 1);
    await clock.advance(5_000);
    await until(() => held.length === 2);
    held[0]?.write(OK);
    expect(await second).toMatchObject({ outcome: 'success' });
    await letGo(server.connections[1]);
  });

  it('is never used for a request that must not be sent twice, nor again after it', async () => {
    const seen: string[] = [];
    const server = await listen(
      createServer((request, response) => {
        seen.push(`${request.method} ${request.headers.connection}`);
        response.end();
      }),
    );
    const { prober, look, target } = setUp(server.port, undefined, { clock: new SystemClock() });
    await look();
    for (const _ of [1, 2]) await prober.probe({ ...target, method: 'POST', body: 'x' }, 10_000);
    await look();
    expect(seen).toEqual(['GET keep-alive', 'POST close', 'POST close', 'GET keep-alive']);
    expect(server.connections).toHaveLength(3);
  });

  it('is shared by neither names, nor host headers', async () => {
    const server = await numbered((socket) => socket.write(OK));
    const { prober, look, target } = setUp(server.port);
    await look();
    await prober.probe(httpTarget(`http://other.test:${server.port}/`), 10_000);
    await prober.probe({ ...target, headers: { host: 'virtual.test' } }, 10_000);
    expect(server.connections).toHaveLength(3);
    expect(prober.httpConnections).toEqual({ open: 3, idle: 3 });
  });

  it('is closed when it is idle longest of more than may be kept', async () => {
    const server = await numbered((socket) => socket.write(OK));
    const { prober } = setUp(server.port, undefined, { descriptors: 4, names: new FakeNameResolver() });
    for (const last of [1, 2, 3])
      await prober.probe(
        httpTarget(`http://127.0.0.1:${server.port}/`, { headers: { host: `h${last}` } }),
        10_000,
      );
    await letGo(server.connections[0]);
    await until(() => prober.httpConnections.open === 2);
    expect(prober.httpConnections.idle).toBe(2);
  });

  it('is closed at shutdown', async () => {
    const server = await numbered((socket) => socket.write(OK));
    const { prober, look } = setUp(server.port);
    await look();
    prober.stop();
    await letGo(server.connections[0]);
    await until(() => prober.httpConnections.open === 0);
  });

  it('is closed when the time of its request is up, and not used again', async () => {
    const server = await numbered((socket, connection) => connection > 1 && socket.write(OK));
    const { prober, clock, look } = setUp(server.port);
    expect(await passTimeUntil(clock, look())).toMatchObject({ outcome: 'failure' });
    await letGo(server.connections[0]);
    expect(await look()).toMatchObject({ outcome: 'success' });
    expect(prober.httpConnections).toEqual({ open: 1, idle: 1 });
  });
});
