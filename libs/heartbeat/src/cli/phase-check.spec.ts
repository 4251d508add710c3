import { createServer, type Server } from 'node:http';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server as TcpServer,
  type Socket,
} from 'node:net';
import { until } from '../../test/fake-control-plane.js';
import { checkByCommand, checkByHttp, type PhaseCheck } from './phase-check.js';

const { signal } = new AbortController();
const servers: Server[] = [];
const tcpServers: TcpServer[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of tcpServers.splice(0)) await new Promise((resolve) => server.close(resolve));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A check of a server that answers this; without a status, not at all. */
async function checkOf(status: number, body = '', timeoutMs = 30_000): Promise<PhaseCheck> {
  const listening = createServer((_request, response) => {
    const type = /^[{[]/.test(body) ? 'application/json' : 'text/plain';
    if (status > 0) response.writeHead(status, { location: '/elsewhere', 'content-type': type }).end(body);
  });
  servers.push(listening);
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  return checkByHttp(new URL(`http://127.0.0.1:${port}/ready`), timeoutMs);
}

/** A check of a server that sends these bytes to whoever asks, and leaves the connection open. */
async function rawCheck(head: string, body = '', timeoutMs = 30_000): Promise<PhaseCheck> {
  const listening = createTcpServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write(`HTTP/1.1 ${head}\r\n\r\n${body}`));
  });
  tcpServers.push(listening);
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  return checkByHttp(new URL(`http://127.0.0.1:${port}/ready`), timeoutMs);
}

describe('The phase from a command', () => {
  it.each([
    [0, 'Ready'],
    [1, 'NotReady'],
    [2, 'NotReady'],
    [3, 'Starting'],
    [4, 'Draining'],
    [5, 'Maintenance'],
    [6, 'NotReady'],
    [127, 'NotReady'],
  ])('is, for exit code %d, %s', async (code, phase) => {
    const check = checkByCommand(`exit ${code}`, 30_000, () => process.env);
    expect(await check(signal)).toEqual({ phase, why: `exit code ${code}` });
  });

  it.each([
    ['takes too long', 'sleep 60', 50, 'took longer than 50 ms'],
    ['is killed', 'kill -9 $$', 30_000, 'ended by SIGKILL'],
  ])('is NotReady when it %s', async (_what, command, timeoutMs, why) => {
    const check = checkByCommand(command, timeoutMs, () => process.env);
    expect(await check(signal)).toEqual({ phase: 'NotReady', why });
  });
});

describe('The phase from a URL', () => {
  it.each([
    [200, '', 'Ready'],
    [204, '', 'Ready'],
    [302, '', 'NotReady'],
    [404, '', 'NotReady'],
    [503, '', 'NotReady'],
    [200, '{"phase":"Maintenance"}', 'Maintenance'],
    [503, '{"phase":"Draining"}', 'Draining'],
    [200, '{"phase":"ready"}', 'Ready'],
    [503, '{"status":"UP"}', 'NotReady'],
    [200, 'null', 'Ready'],
    [200, '<html>', 'Ready'],
  ])('is, for %d with %j, %s', async (status, body, phase) => {
    expect(await (await checkOf(status, body))(signal)).toMatchObject({ phase });
  });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/vnd.spring-boot.actuator.v3+json',
    'application/problem+json',
  ])('looks for its phase in what is %s', async (type) => {
    const check = await rawCheck(
      `200 OK\r\nContent-Type: ${type}\r\nContent-Length: 20`,
      '{"phase":"Draining"}',
    );
    expect(await check(signal)).toEqual({ phase: 'Draining', why: '200, phase Draining' });
  });

  it.each(['text/plain', 'text/html', 'application/jsonp', 'text/json-or-not'])(
    'does not in what is %s',
    async (type) => {
      const check = await rawCheck(`200 OK\r\nContent-Type: ${type}`, '{"phase":"Draining"}');
      expect(await check(signal)).toEqual({ phase: 'Ready', why: 'answered 200' });
    },
  );

  it('is NotReady when the answer takes too long, or nobody answers', async () => {
    const check = await checkOf(0, '', 50);
    expect(await check(signal)).toEqual({ phase: 'NotReady', why: 'no answer within 50 ms' });
    const away = checkByHttp(new URL('http://127.0.0.1:9/'), 30_000);
    expect(await away(signal)).toMatchObject({
      phase: 'NotReady',
      why: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

describe('The phase from a URL whose body does not matter', () => {
  /** No test waits for that: who waits for the body fails. */
  const NEVER = 600_000;

  it.each([0, 1, 4_096, 4_097, 65_536, 65_537, 1_000_000])(
    'is that of the status when the body hangs after %d bytes, at once',
    async (length) => {
      for (const framing of ['Content-Length: 2000000', 'Transfer-Encoding: chunked', 'Connection: close']) {
        const body = framing.endsWith('chunked') ? `1e8480\r\n${'x'.repeat(length)}` : 'x'.repeat(length);
        const ready = await rawCheck(`200 OK\r\n${framing}`, body, NEVER);
        expect(await ready(signal)).toEqual({ phase: 'Ready', why: 'answered 200' });
        const notReady = await rawCheck(`503 Service Unavailable\r\n${framing}`, body, NEVER);
        expect(await notReady(signal)).toEqual({ phase: 'NotReady', why: 'answered 503' });
      }
    },
  );

  it.each([0, 1, 4_096, 4_097, 65_536])(
    'is that of the status when JSON hangs after %d bytes',
    async (length) => {
      const head = '200 OK\r\nContent-Type: application/json\r\nContent-Length: 2000000';
      const check = await rawCheck(head, '{"phase":"Draining"'.padEnd(length).slice(0, length), 50);
      expect(await check(signal)).toEqual({ phase: 'Ready', why: 'answered 200' });
    },
  );

  it.each([65_537, 200_000])('is that of the status when JSON is %d bytes long', async (length) => {
    const head = `200 OK\r\nContent-Type: application/json\r\nContent-Length: ${length}`;
    const check = await rawCheck(head, '{"phase":"Draining"}'.padEnd(length), NEVER);
    expect(await check(signal)).toEqual({ phase: 'Ready', why: 'answered 200' });
  });

  it.each([
    ['204 No Content', 'Ready'],
    ['205 Reset Content\r\nContent-Length: 0', 'Ready'],
    ['304 Not Modified', 'NotReady'],
    ['100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0', 'Ready'],
    ['103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 204 No Content', 'Ready'],
    ['102 Processing\r\n\r\nHTTP/1.1 503 Busy\r\nContent-Length: 9', 'NotReady'],
    ['101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade', 'NotReady'],
  ])('is, for %j, %s', async (head, phase) => {
    const check = await rawCheck(head, '', NEVER);
    expect(await check(signal)).toMatchObject({ phase });
  });

  it('lets a short body end, and closes the connection of an endless one', async () => {
    const check = await rawCheck('200 OK\r\nConnection: close', 'x'.repeat(100_000), NEVER);
    await check(signal);
    await until(() => sockets[0]?.destroyed === true || sockets[0]?.readableEnded === true);
  });
});
