import { ManualClock } from '@vitals/core/time';
import { FakeNameResolver } from '../../../test/outbound/fake.name-resolver.js';
import { closeServers, deadPort, type Listening, tcpServer } from '../../../test/outbound/test-servers.js';
import { Connectivity } from './connectivity.js';

const names = new FakeNameResolver({ 'gateway.test': ['127.0.0.1'] });
let server: Listening;
let port: number;

beforeEach(async () => {
  server = await tcpServer();
  ({ port } = server);
});

afterEach(closeServers);

/** Moves the clock until an answer is there. */
async function answered(clock: ManualClock, answer: Promise<boolean>): Promise<boolean> {
  let settled = false;
  void answer.finally(() => (settled = true));
  while (!settled) {
    await clock.advance(10);
    await new Promise((resume) => setImmediate(resume));
  }
  return answer;
}

describe('Connectivity', () => {
  it('is there when no endpoint is named', async () => {
    expect(await new Connectivity([], names, new ManualClock()).isThere()).toBe(true);
  });

  it('is there when one of several accepts a connection, which is closed at once', async () => {
    const endpoints = [
      { host: '127.0.0.1', port: await deadPort() },
      { host: 'hangs.test', port },
      { host: 'gateway.test', port },
    ];
    const clock = new ManualClock();
    expect(await answered(clock, new Connectivity(endpoints, names, clock).isThere())).toBe(true);
    while (server.connections.length === 0) await new Promise((resume) => setImmediate(resume));
    expect(server.connections).toHaveLength(1);
  });

  it('is not there when none does, be it refused or hanging', async () => {
    const clock = new ManualClock();
    const endpoints = [
      { host: '127.0.0.1', port: await deadPort() },
      { host: 'hangs.test', port },
    ];
    expect(await answered(clock, new Connectivity(endpoints, names, clock).isThere())).toBe(false);
  });

  it('looks once for all who ask at a time, and next after a second: no answer is older than its question', async () => {
    const clock = new ManualClock();
    const connectivity = new Connectivity([{ host: '127.0.0.1', port }], names, clock);
    expect(await Promise.all([connectivity.isThere(), connectivity.isThere()])).toEqual([true, true]);
    await server.close();
    await clock.advance(10);
    const later = [connectivity.isThere(), connectivity.isThere()];
    let settled = false;
    void Promise.all(later).then(() => (settled = true));
    await clock.advance(989);
    await new Promise((resume) => setImmediate(resume));
    expect(settled).toBe(false);
    expect(await answered(clock, later[0] as Promise<boolean>)).toBe(false);
    expect(await later[1]).toBe(false);
    expect(server.connections).toHaveLength(1);
  });
});
