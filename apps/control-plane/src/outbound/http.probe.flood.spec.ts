import type { Socket } from 'node:net';
import { certificate, daysFromNow } from '../../../../libs/health/test/certificate.js';
import { createServer } from 'node:tls';
import { httpTarget, outbound } from '../../test/outbound/outbound-fixture.js';
import { closeServers, letGo, listen, saying, tcpServer } from '../../test/outbound/test-servers.js';
import { until } from '../../test/outbound/virtual-time.js';

afterEach(closeServers);

const OK = 'HTTP/1.1 200 OK\r\n';
const leaf = certificate({ commonName: 'target.test', names: ['target.test'], notAfter: daysFromNow(9) });

/** Keeps writing for as long as the other side is there. */
function pour(socket: Socket, text: string): void {
  if (socket.destroyed) return;
  if (socket.write(text)) setImmediate(() => pour(socket, text));
  else socket.once('drain', () => pour(socket, text));
}

const PADDED = 'the answer has more than 256 KiB outside of the body';
const LONG_HEAD = 'the answer has more than 16 KiB of headers';

const FLOODS: [string, string, string, string][] = [
  ['says without end that it goes on', '', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(100), PADDED],
  ['sends empty lines without end before its answer', '', '\r\n'.repeat(1_000), PADDED],
  ['has a reason without end', 'HTTP/1.1 200 ', 'a'.repeat(1_000), LONG_HEAD],
  ['has spaces without end in a header', `${OK}x:`, ' '.repeat(1_000), LONG_HEAD],
  [
    'has an extension without end at a chunk',
    `${OK}transfer-encoding: chunked\r\n\r\n1;a=`,
    'a'.repeat(1_000),
    PADDED,
  ],
  [
    'has a chunk whose length never ends',
    `${OK}transfer-encoding: chunked\r\n\r\n`,
    '0'.repeat(1_000),
    PADDED,
  ],
  [
    'has trailers without end',
    `${OK}transfer-encoding: chunked\r\n\r\n0\r\n`,
    'a: b\r\n'.repeat(100),
    PADDED,
  ],
  [
    'has an extension at each of chunks without end',
    `${OK}transfer-encoding: chunked\r\n\r\n`,
    `1;a=${'a'.repeat(900)}\r\nx\r\n`,
    PADDED,
  ],
];

describe('HttpProbe against a server that sends what is neither headers nor body:', () => {
  it.each(FLOODS)('one that %s is let go of long before the timeout', async (_what, head, text, message) => {
    const server = await saying(head, (socket) => pour(socket, text));
    const { prober } = outbound();
    // where the body matters, so that it is read
    const expectedBody = { kind: 'lacks', text: 'b' } as const;
    const target = httpTarget(`http://target.test:${server.port}/`, { expectedBody });
    expect(await prober.probe(target, 60_000)).toMatchObject({ outcome: 'failure', message });
    await Promise.all(server.connections.map(letGo));
  });

  it('over TLS as well', async () => {
    const server = await listen(
      createServer({ key: leaf.key, cert: leaf.cert }, (socket) => {
        socket.on('error', () => undefined);
        pour(socket, 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(100));
      }),
    );
    const { prober } = outbound();
    const target = httpTarget(`https://target.test:${server.port}/`, { tlsSkipVerify: true });
    expect(await prober.probe(target, 60_000)).toMatchObject({
      message: PADDED,
    });
  });

  it('one that does so after its answer is let go of, and was well', async () => {
    const server = await tcpServer((socket) =>
      socket.once('data', () => {
        socket.write(`${OK}content-length: 0\r\n\r\n`);
        pour(socket, '\r\n'.repeat(1_000));
      }),
    );
    const { prober } = outbound();
    const target = httpTarget(`http://target.test:${server.port}/`);
    expect(await prober.probe(target, 60_000)).toMatchObject({ outcome: 'success' });
    await until(() => prober.httpConnections.open === 0);
  });

  it('one whose answers come to more than that over the time of a connection stays connected', async () => {
    const long = `${OK}x: ${'a'.repeat(12_000)}\r\ncontent-length: 0\r\n\r\n`;
    const server = await tcpServer((socket) => socket.on('data', () => socket.write(long)));
    const { prober } = outbound();
    const target = httpTarget(`http://target.test:${server.port}/`);
    for (let count = 0; count < 28; count++)
      expect(await prober.probe(target, 60_000)).toMatchObject({ outcome: 'success' });
    expect(server.connections).toHaveLength(1);
  });
});
