import { ManualClock } from '@vitals/core/time';
import type { Socket } from 'node:net';
import { httpTarget, outbound } from '../../test/outbound/outbound-fixture.js';
import { closeServers, letGo, type Listening, saying, tcpServer } from '../../test/outbound/test-servers.js';
import { passTimeUntil } from '../../test/outbound/virtual-time.js';

afterEach(closeServers);

/** Keeps writing for as long as the other side is there. */
function pour(socket: Socket, text: string): void {
  if (socket.destroyed) return;
  if (socket.write(text)) setImmediate(() => pour(socket, text));
  else socket.once('drain', () => pour(socket, text));
}

async function probed(server: Listening, more: object = {}) {
  const { prober } = outbound();
  const result = await prober.probe(httpTarget(`http://target.test:${server.port}/`, more), 10_000);
  await Promise.all(server.connections.map(letGo));
  expect(prober.httpConnections).toEqual({ open: 0, idle: 0 });
  return result;
}

/** Makes the body matter. */
const WITH_CONDITION = { expectedBody: { kind: 'contains', text: 'b' } };

/** For what only the timeout ends. */
async function timedOut(server: Listening, more: object = {}) {
  const clock = new ManualClock();
  const { prober } = outbound({ clock });
  const target = httpTarget(`http://target.test:${server.port}/`, more);
  const result = await passTimeUntil(clock, prober.probe(target, 2_000));
  await passTimeUntil(clock, Promise.all(server.connections.map(letGo)));
  return result;
}

describe('HttpProbe against a server that', () => {
  it.each([
    ['never answers', () => tcpServer()],
    ['drips its headers', () => tcpServer((socket) => drip(socket, 'HTTP/1.1 200 OK\r\nx: '))],
    [
      'drips its body',
      () => tcpServer((socket) => drip(socket, 'HTTP/1.1 200 OK\r\ncontent-length: 999999\r\n\r\n')),
    ],
    [
      'drips chunks',
      () =>
        tcpServer((socket) => drip(socket, 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfff\r\n')),
    ],
    [
      'stops in the middle of its body',
      () => saying('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhe', () => undefined),
    ],
    ['only ever says that it goes on', () => saying('HTTP/1.1 102 Processing\r\n\r\n', () => undefined)],
  ])('%s is cut off when the time is up', async (_what, serve) => {
    const result = await timedOut(await serve(), WITH_CONDITION);
    expect(result.outcome).toBe('failure');
    expect(result.message).toMatch(/^no answer within 2 s, while /);
  });

  it('answers 503 and never ends is told of for its 503', async () => {
    const result = await timedOut(
      await saying('HTTP/1.1 503 No\r\ncontent-length: 5\r\n\r\n', () => undefined),
    );
    expect(result.message).toBe('answered 503, expected 200');
  });

  it('never ends its TLS handshake is cut off when the time is up', async () => {
    const { port, connections } = await tcpServer();
    const clock = new ManualClock();
    const { prober } = outbound({ clock });
    const result = await passTimeUntil(
      clock,
      prober.probe(httpTarget(`https://target.test:${port}/`), 2_000),
    );
    expect(result).toMatchObject({ outcome: 'failure' });
    await Promise.all(connections.map(letGo));
  });

  it('sends without end is read up to 64 KiB, and let go of', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n';
    const endless = (): Promise<Listening> => saying(head, (socket) => pour(socket, 'a'.repeat(1_000)));
    expect(await probed(await endless())).toMatchObject({ outcome: 'success', message: 'answered 200' });
    expect(await probed(await endless(), WITH_CONDITION)).toMatchObject({
      outcome: 'failure',
      message:
        'answered 200, but the body is longer than the 65536 bytes that are read, and they lack the expected text',
    });
    const expectedBody = { kind: 'json', pointer: '/a', value: 1 };
    expect(await probed(await endless(), { expectedBody, maxBodyBytes: 1_048_576 })).toMatchObject({
      message:
        'answered 200, but the body is longer than the 1048576 bytes that are read, too long to be read as JSON',
    });
  });

  it.each([
    [
      'has endless headers',
      () => saying('HTTP/1.1 200 OK\r\n', (socket) => pour(socket, `x: ${'a'.repeat(999)}\r\n`)),
      '16 KiB of headers',
    ],
    [
      'has one endless header',
      () => saying('HTTP/1.1 200 OK\r\nx: ', (socket) => pour(socket, 'a'.repeat(999))),
      '16 KiB of headers',
    ],
    ['speaks another protocol', () => tcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')), ''],
    ['is no HTTP', () => saying('hello\r\n\r\n'), 'HTTP/1.1 protocol'],
    ['has no status', () => saying('HTTP/1.1\r\n\r\n'), 'HTTP/1.1 protocol'],
    [
      'has two lengths',
      () => saying('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'),
      '',
    ],
    [
      'has a chunk that is none',
      () => saying('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'),
      'HTTP/1.1 protocol',
    ],
    [
      'switches protocols unasked',
      () => saying('HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
      'switched to another protocol',
    ],
    ['closes at once', () => tcpServer((socket) => socket.end()), 'closed without an answer'],
    ['closes when it is asked', () => saying(''), 'closed without an answer'],
    [
      'resets the connection',
      () => tcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
      'reset',
    ],
    ['closes in the middle of its headers', () => saying('HTTP/1.1 200 OK\r\nx: '), ''],
    [
      'closes in the middle of its body',
      () => saying('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'),
      '',
    ],
  ])('%s fails', async (_what, serve, message) => {
    const result = await probed(await serve(), WITH_CONDITION);
    expect(result.outcome).toBe('failure');
    expect(result.message).toContain(message);
    expect(result.message.length).toBeLessThanOrEqual(256);
  });

  it('closes its half of the connection once it has answered is well', async () => {
    expect(await probed(await saying('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nall of it'))).toMatchObject(
      {
        outcome: 'success',
      },
    );
  });

  it('sends more than it was asked for does not spoil the next check', async () => {
    const server = await tcpServer((socket) =>
      socket.on('data', () =>
        socket.write(
          'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 500 Smuggled\r\ncontent-length: 0\r\n\r\n',
        ),
      ),
    );
    const { prober } = outbound();
    const target = httpTarget(`http://target.test:${server.port}/`);
    for (const _ of [1, 2, 3])
      expect(await prober.probe(target, 10_000)).toMatchObject({ outcome: 'success' });
  });
});

function drip(socket: Socket, text: string): void {
  socket.once('data', () => {
    socket.write(text);
    const next = (): void => {
      if (socket.destroyed) return;
      socket.write('a');
      setImmediate(next);
    };
    next();
  });
}
