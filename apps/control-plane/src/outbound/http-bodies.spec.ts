import type { BodyCondition } from '@vitals/core/check';
import { ManualClock } from '@vitals/core/time';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { httpTarget, outbound } from '../../test/outbound/outbound-fixture.js';
import { closeServers, letGo, tcpServer } from '../../test/outbound/test-servers.js';
import { passTimeUntil, until } from '../../test/outbound/virtual-time.js';

afterEach(closeServers);

/** Says the same to every request, and then nothing more. */
const saying = (head: string, body: string | Buffer) =>
  tcpServer((socket) =>
    socket.on('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n`);
      socket.write(body);
    }),
  );

async function setUp(head: string, body: string | Buffer, more: object = {}) {
  const server = await saying(head, body);
  const clock = new ManualClock();
  const { prober } = outbound({ clock });
  const target = httpTarget(`http://target.test:${server.port}/`, more);
  // no time passes
  const look = () => prober.probe(target, 2_000);
  return { server, clock, prober, look };
}

const FRAMINGS = [
  ['a length', 'content-length: 99999'],
  ['chunks', 'transfer-encoding: chunked'],
  ['no end', 'connection: close'],
] as const;

describe('A body that nobody looks at', () => {
  it.each(FRAMINGS)('changes no verdict, wherever it hangs: with %s', async (_what, head) => {
    for (const bytes of [0, 1, 4_096, 4_097, 65_536, 65_537]) {
      const body = head.includes('chunked') ? `fffff\r\n${'a'.repeat(bytes)}` : 'a'.repeat(bytes);
      const { look, server } = await setUp(head, body);
      expect(await look()).toMatchObject({ outcome: 'success', message: 'answered 200', durationMs: 0 });
      await server.close();
    }
  });

  it('may be complete a little later, so that its connection is kept', async () => {
    const { server, prober, look } = await setUp('content-length: 6', 'abc');
    await look();
    expect(prober.httpConnections).toEqual({ open: 1, idle: 0 });
    server.connections[0]?.write('def');
    await until(() => prober.httpConnections.idle === 1);
    await look();
    expect(server.connections).toHaveLength(1);
  });

  it('that hangs costs its connection a second later', async () => {
    const { server, clock, prober, look } = await setUp('content-length: 6', 'abc');
    await look();
    await clock.advance(999);
    expect(prober.httpConnections).toEqual({ open: 1, idle: 0 });
    await clock.advance(1);
    expect(prober.httpConnections).toEqual({ open: 0, idle: 0 });
    await letGo(server.connections[0]);
  });

  it.each([
    ['says that it is long', 'content-length: 65540', 'abc'],
    ['is long', 'transfer-encoding: chunked', `fffff\r\n${'a'.repeat(200_000)}`],
    ['has no end but that of the connection', 'x: y', 'abc'],
  ])('that %s costs its connection without a wait', async (_what, head, body) => {
    const { server, prober, look } = await setUp(head, body);
    await look();
    await until(() => prober.httpConnections.open === 0 && server.connections[0]?.destroyed === true);
  });

  it('is waited for by no more connections than may be idle', async () => {
    const server = await saying('content-length: 6', 'abc');
    const { prober } = outbound({ descriptors: 4 });
    for (let at = 0; at < 4; at++)
      await prober.probe(
        httpTarget(`http://target.test:${server.port}/${at}`, { headers: { host: `h${at}` } }),
        9_000,
      );
    expect(prober.httpConnections.open).toBeLessThanOrEqual(2);
  });

  it('never becomes the answer to the next check', async () => {
    const smuggled = 'HTTP/1.1 500 Smuggled\r\ncontent-length: 0\r\n\r\n';
    const { server, prober, look } = await setUp('content-length: 6', 'abc');
    await look();
    server.connections[0]?.write(`def${smuggled}`);
    await until(() => prober.httpConnections.open === 0);
    expect(await look()).toMatchObject({ outcome: 'success' });
  });
});

describe('A body that a condition looks at', () => {
  const UP: BodyCondition = { kind: 'contains', text: 'UP' };
  const NO_ERROR: BodyCondition = { kind: 'lacks', text: 'ERROR' };
  const JSON_UP: BodyCondition = { kind: 'json', pointer: '/status', value: 'UP' };
  const document = JSON.stringify({ components: 'x'.repeat(60_000), status: 'UP' });
  const cut = (bytes: number) => `the body is longer than the ${bytes} bytes that are read`;

  it.each<[string, string, BodyCondition, string]>([
    ['a text behind 4 KiB', `${'a'.repeat(9_999)}UP`, UP, 'answered 200'],
    ['a text at the end of 64 KiB', `${'a'.repeat(65_534)}UP`, UP, 'answered 200'],
    ['a document of 60 KiB', document, JSON_UP, 'answered 200'],
    ['no error in 64 KiB', 'a'.repeat(65_536), NO_ERROR, 'answered 200'],
    ['an error behind 4 KiB', `${'a'.repeat(9_999)}ERROR`, NO_ERROR, 'it must not have'],
    ['an error behind 64 KiB', `${'a'.repeat(65_536)}ERROR`, NO_ERROR, cut(65_536)],
    ['a text in what is read of more', `UP${'a'.repeat(65_535)}`, UP, 'answered 200'],
    ['a text behind 64 KiB', `${'a'.repeat(65_536)}UP`, UP, cut(65_536)],
    ['a document of more than 64 KiB', `${document}${' '.repeat(9_999)}`, JSON_UP, cut(65_536)],
  ])('is read to its end, or is said to be longer: %s', async (_what, body, expectedBody, message) => {
    const framings = [
      [`content-length: ${body.length}`, body],
      ['transfer-encoding: chunked', `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
      [`content-encoding: gzip\r\ncontent-length: ${gzipSync(body).length}`, gzipSync(body)],
    ] as const;
    for (const [head, sent] of framings) {
      const { look, server } = await setUp(head, sent, { expectedBody });
      // twice, for memory that was used before must not tell of it
      for (const _ of [1, 2]) expect((await look()).message).toContain(message);
      await server.close();
    }
  });

  it('is read as far as the check says', async () => {
    const body = 'a'.repeat(1_048_576);
    const head = `content-length: ${body.length}`;
    const more = { expectedBody: NO_ERROR, maxBodyBytes: 1_048_576 };
    expect((await (await setUp(head, body, more)).look()).message).toBe('answered 200');
    const less = { expectedBody: NO_ERROR, maxBodyBytes: 1_024 };
    expect((await (await setUp(head, body, less)).look()).message).toContain(cut(1_024));
  });

  it.each(FRAMINGS.slice(0, 2))('is waited for where it hangs: with %s', async (_what, head) => {
    const body = head.includes('chunked') ? 'fffff\r\nUP' : 'UP';
    for (const expectedBody of [UP, NO_ERROR, JSON_UP]) {
      const { look, clock } = await setUp(head, body, { expectedBody });
      const { outcome, message } = await passTimeUntil(clock, look());
      expect([outcome, message]).toEqual(['failure', expect.stringMatching(/^no answer within 2 s, while /)]);
    }
  });

  it('is kept apart from those of other checks at the same time', async () => {
    const held: [Socket, number][] = [];
    const server = await tcpServer((socket) => socket.on('data', () => held.push([socket, held.length])));
    const { prober } = outbound();
    const looks = Array.from({ length: 20 }, (_, at) =>
      prober.probe(
        httpTarget(`http://127.0.0.1:${server.port}/${at}`, {
          expectedBody: { kind: 'json', pointer: '/me', value: 'x'.repeat(9) },
        }),
        60_000,
      ),
    );
    await until(() => held.length === 20);
    const body = (me: string) => JSON.stringify({ padding: 'p'.repeat(20_000), me });
    for (const [socket, at] of held) {
      const text = body((at % 2 ? 'x' : 'y').repeat(9));
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text.slice(0, 10_000)}`);
    }
    for (const [socket, at] of held.toReversed())
      socket.write(body((at % 2 ? 'x' : 'y').repeat(9)).slice(10_000));
    const outcomes = (await Promise.all(looks)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'success')).toHaveLength(10);
  });
});
