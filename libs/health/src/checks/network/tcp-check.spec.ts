import { deadPort, letGo, make, silentServer } from '../../../test/ready-made-check.js';
import { tcpCheck } from './tcp-check.js';

describe('tcpCheck', () => {
  it('is UP when a connection is accepted, tells which, and closes it', async () => {
    const { port, connected } = await silentServer();
    const status = await make(tcpCheck({ host: 'localhost', port })).run();
    expect(status).toMatchObject({ state: 'UP', attributes: { address: `127.0.0.1:${port}` } });
    await letGo(await connected());
  });

  it('is DOWN when the connection is refused, and says where', async () => {
    const port = await deadPort();
    expect(await make(tcpCheck({ host: '127.0.0.1', port })).run()).toMatchObject({
      state: 'DOWN',
      reason: `connect ECONNREFUSED 127.0.0.1:${port}`,
      attributes: { address: `127.0.0.1:${port}` },
    });
  });

  it('is DOWN when the name does not resolve', async () => {
    expect(await make(tcpCheck({ host: 'no-such-host.invalid', port: 80 })).run()).toMatchObject({
      state: 'DOWN',
      reason: expect.stringMatching(/no-such-host\.invalid/),
    });
  });

  it('lets go of a connection that is not complete when the signal fires', async () => {
    const { port, connections } = await silentServer();
    const check = make(tcpCheck({ host: '127.0.0.1', port }));
    const abort = new AbortController();
    const running = check.run(abort.signal);
    abort.abort(new Error('timed out'));
    expect(await running).toMatchObject({ state: 'DOWN', reason: 'timed out' });
    expect(await check.run()).toMatchObject({ state: 'UP' });
    await Promise.all(connections.map(letGo));
  });

  it('opens nothing when the signal has fired already', async () => {
    const { port, connections } = await silentServer();
    const check = make(tcpCheck({ host: '127.0.0.1', port }));
    expect(await check.run(AbortSignal.abort(new Error('late')))).toMatchObject({ reason: 'late' });
    expect(await check.run()).toMatchObject({ state: 'UP' });
    expect(connections).toHaveLength(1);
  });
});

describe('settings of tcpCheck', () => {
  it.each([
    ['a missing host', { port: 80 }, 'tcpCheck: host is missing; give a host name or an address'],
    ['a URL for a host', { host: 'http://a', port: 80 }, 'host is "http://a"; give a host name'],
    ['a host with its port', { host: 'a:80', port: 80 }, 'host is "a:80"; give a host name'],
    ['a missing port', { host: 'a' }, 'port is missing; give a whole number from 1 to 65535'],
    ['a port over 65535', { host: 'a', port: 70_000 }, 'port is 70000; give a whole number from 1 to 65535'],
    ['port 0', { host: 'a', port: 0 }, 'port is 0;'],
    ['a port as text', { host: 'a', port: '80' }, 'port is "80";'],
    ['a port that is no number', { host: 'a', port: Number.NaN }, 'port is NaN;'],
  ])('refuse %s by name', (_what, settings, message) => {
    expect(() => tcpCheck(settings as never)).toThrow(
      expect.objectContaining({
        code: 'declaration-invalid',
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  it('accept names, IPv4 and IPv6', () => {
    for (const host of ['broker', 'broker.default.svc', '10.0.0.1', '::1'])
      expect(() => tcpCheck({ host, port: 1 })).not.toThrow();
  });
});
