import { ManualClock } from '@vitals/core/time';
import { httpTarget, outbound } from '../../test/outbound/outbound-fixture.js';
import { closeServers, letGo, saying } from '../../test/outbound/test-servers.js';
import { until } from '../../test/outbound/virtual-time.js';

afterEach(closeServers);

async function answered(head: string) {
  const server = await saying(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n`, () => undefined);
  const clock = new ManualClock();
  const { prober } = outbound({ clock });
  const target = httpTarget(`http://target.test:${server.port}/`);
  expect(await prober.probe(target, 10_000)).toMatchObject({ outcome: 'success' });
  await until(() => prober.httpConnections.idle === 1 || prober.httpConnections.open === 0);
  return { server, clock, prober };
}

describe('a connection of an HTTP check that is no longer made', () => {
  it.each([
    ['within a minute', 'content-length: 0', 60_000],
    ['before the server does it', 'content-length: 0\r\nkeep-alive: max=9, timeout=5', 4_000],
    ['within a minute, whatever the server says', 'content-length: 0\r\nkeep-alive: timeout=999', 60_000],
  ])('is closed %s', async (_when, head, ms) => {
    const { server, clock, prober } = await answered(head);
    await clock.advance(ms - 1);
    expect(prober.httpConnections).toEqual({ open: 1, idle: 1 });
    await clock.advance(1);
    await letGo(server.connections[0]);
    expect(prober.httpConnections).toEqual({ open: 0, idle: 0 });
  });

  it('is closed at once where the server keeps it for no time', async () => {
    const { server, prober } = await answered('content-length: 0\r\nkeep-alive: timeout=1');
    await letGo(server.connections[0]);
    expect(prober.httpConnections).toEqual({ open: 0, idle: 0 });
  });
});
