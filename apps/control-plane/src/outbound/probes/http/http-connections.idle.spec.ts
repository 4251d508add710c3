import { jest } from '@jest/globals';
import { httpTarget, outbound } from '../../../../test/outbound/outbound-fixture.js';
import { closeServers, letGo, saying } from '../../../../test/outbound/test-servers.js';
import { until } from '../../../../test/outbound/virtual-time.js';

afterEach(async () => {
  jest.useRealTimers();
  await closeServers();
});

describe('a connection of an HTTP check that is no longer made', () => {
  it('is closed within a minute', async () => {
    const server = await saying('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', () => undefined);
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance', 'Date'] });
    const { prober } = outbound();
    const target = httpTarget(`http://target.test:${server.port}/`);
    expect(await prober.probe(target, 10_000)).toMatchObject({ outcome: 'success' });
    await until(() => prober.httpConnections.idle === 1);
    // undici sets its timer one turn after the answer
    await until(() => jest.getTimerCount() > 0);
    jest.advanceTimersByTime(60_000);
    await letGo(server.connections[0]);
    await until(() => prober.httpConnections.open === 0);
  });
});
