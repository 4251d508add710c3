import { ManualClock } from '@vitals/core/time';
import type { Socket } from 'node:net';
import { httpTarget, outbound } from '../../test/outbound/outbound-fixture.js';
import { closeServers, type Listening, tcpServer } from '../../test/outbound/test-servers.js';
import { passTimeUntil, until } from '../../test/outbound/virtual-time.js';
import { bodyBuffers, MAX_LONG_BYTES } from '../../../../libs/probes/src/body-buffers.js';

afterEach(closeServers);

const MIB = 1_048_576;
const OK = `HTTP/1.1 200 OK\r\ncontent-length: ${MIB}\r\n\r\n`;
const NO_ERROR = { kind: 'lacks', text: 'ERROR' } as const;
/** So many bodies of 1 MiB have room at a time. */
const MOST = MAX_LONG_BYTES / MIB;

/** A check that reads up to 1 MiB. */
const longTarget = ({ port }: Listening, path = '') =>
  httpTarget(`http://target.test:${port}/${path}`, { expectedBody: NO_ERROR, maxBodyBytes: MIB });

/** Begins bodies of 1 MiB, all but their last byte, for each that asks. */
async function slowServer(): Promise<Listening & { readonly asked: Socket[] }> {
  const asked: Socket[] = [];
  const server = await tcpServer((socket) =>
    socket.on('data', () => {
      asked.push(socket);
      socket.write(OK);
      socket.write(Buffer.alloc(MIB - 1, 'a'));
    }),
  );
  return Object.assign(server, { asked });
}

describe('Long bodies that come slowly', () => {
  it('take no more memory than they may together; who finds no room is not judged', async () => {
    const server = await slowServer();
    const clock = new ManualClock();
    const { prober } = outbound({ clock });
    let unjudged = 0;
    const looks = Array.from({ length: MOST + 20 }, async (_, at) => {
      const result = await prober.probe(longTarget(server, `${at}`), 60_000);
      if (result.outcome === 'unjudged') unjudged++;
      return result;
    });
    await until(() => unjudged >= 20);
    // others are looked at meanwhile, also at their bodies
    const quick = await tcpServer((socket) =>
      socket.on('data', () =>
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 65536\r\n\r\n${'a'.repeat(65_536)}`),
      ),
    );
    const other = httpTarget(`http://target.test:${quick.port}/`, { expectedBody: NO_ERROR });
    expect(await prober.probe(other, 60_000)).toMatchObject({ outcome: 'success' });
    for (const socket of server.asked) socket.write('a');
    const results = await Promise.all(looks);
    const outcomes = results.map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'unjudged').length).toBe(unjudged);
    expect(outcomes.filter((outcome) => outcome === 'success').length).toBe(MOST + 20 - unjudged);
    expect(results.find(({ outcome }) => outcome === 'unjudged')?.message).toContain('max_body');
    expect(bodyBuffers.inUse).toBe(0);
  });

  it('leave nothing behind, however they end', async () => {
    const ends: ((socket: Socket) => void)[] = [
      (socket) => socket.write('a'),
      (socket) => socket.write('aHTTP/1.1 200 OK\r\n\r\n'),
      (socket) => socket.destroy(),
      (socket) => socket.end(),
      (socket) => socket.resetAndDestroy(),
      () => undefined,
    ];
    const server = await slowServer();
    const clock = new ManualClock();
    const { prober } = outbound({ clock });
    for (let round = 0; round < 3; round++)
      for (const [at, end] of ends.entries()) {
        server.asked.length = 0;
        const look = prober.probe(longTarget(server), 2_000);
        await until(() => bodyBuffers.inUse > 0);
        for (const socket of server.asked) end(socket);
        const { outcome } = await passTimeUntil(clock, look);
        expect([at, outcome]).toEqual([at, at < 2 ? 'success' : 'failure']);
        expect(bodyBuffers.inUse).toBe(0);
      }
  });

  it('leave nothing behind where two connections are asked, and both answer', async () => {
    const asked: Socket[] = [];
    const server = await tcpServer((socket) => socket.on('data', () => asked.push(socket)));
    const clock = new ManualClock();
    const { prober } = outbound({ clock });
    const text = `${OK}${'a'.repeat(MIB)}`;
    const first = prober.probe(longTarget(server), 2_000);
    await until(() => asked.length === 1);
    asked[0]?.write(text);
    expect(await first).toMatchObject({ outcome: 'success' });
    await until(() => prober.httpConnections.idle === 1);
    const second = prober.probe(longTarget(server), 2_000);
    await until(() => asked.length === 2);
    await clock.advance(1_000);
    await until(() => asked.length === 3);
    for (const socket of asked.slice(1)) socket.write(text);
    expect(await second).toMatchObject({ outcome: 'success' });
    await until(() => bodyBuffers.inUse === 0);
  });
});
