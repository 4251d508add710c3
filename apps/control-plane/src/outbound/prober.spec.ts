import type { ProbeTarget } from '@vitals/core/check';
import { ManualClock } from '@vitals/core/time';
import { dnsFault, FakeNameResolver } from '../../test/outbound/fake.name-resolver.js';
import { httpTarget, outbound } from '../../test/outbound/outbound-fixture.js';
import { closeServers, deadPort, letGo, tcpServer } from '../../test/outbound/test-servers.js';
import { passTimeUntil } from '../../test/outbound/virtual-time.js';

afterEach(closeServers);

const everyKind = (host: string, port: number): ProbeTarget[] => [
  httpTarget(`http://${host}:${port}/`),
  httpTarget(`https://${host}:${port}/`),
  { kind: 'tcp', host, port },
  { kind: 'tls', host, port, warnBeforeMs: 0 },
  { kind: 'grpc', host, port, service: '', tls: false, tlsSkipVerify: false },
  { kind: 'grpc', host, port, service: '', tls: true, tlsSkipVerify: true },
];

describe('Prober', () => {
  it('finds a port well that accepts a connection, and closes it', async () => {
    const server = await tcpServer();
    const result = await outbound().prober.probe(
      { kind: 'tcp', host: 'target.test', port: server.port },
      10_000,
    );
    expect(result).toMatchObject({ outcome: 'success', message: 'accepted a connection' });
    await letGo(server.connections[0]);
  });

  it('fails for every kind of target when nobody listens', async () => {
    for (const target of everyKind('target.test', await deadPort()))
      expect((await outbound().prober.probe(target, 10_000)).message).toContain('the connection was refused');
  });

  it.each([
    ['ENOTFOUND', 'failure', 'the name does not resolve to an address'],
    ['ESERVFAIL', 'failure', 'the name could not be resolved: its DNS server fails'],
    ['ECONNREFUSED', 'unjudged', 'the DNS server of this machine refuses the query'],
  ])('judges every kind of target whose name is %s as %s', async (code, outcome, message) => {
    const { prober } = outbound({ names: new FakeNameResolver({ 'a.test': dnsFault(code) }) });
    for (const target of everyKind('a.test', 1))
      expect(await prober.probe(target, 10_000)).toMatchObject({ outcome, message });
  });

  it('cuts every kind of target off whose name is never resolved', async () => {
    const clock = new ManualClock();
    const { prober } = outbound({ clock, names: new FakeNameResolver() });
    for (const target of everyKind('hangs.test', 1))
      expect(await passTimeUntil(clock, prober.probe(target, 2_000))).toMatchObject({
        outcome: 'failure',
        message: 'no answer within 2 s, while resolving the name',
      });
  });

  it('cuts every kind of target off that never says a word, and lets go of it', async () => {
    const server = await tcpServer();
    const clock = new ManualClock();
    const { prober } = outbound({ clock });
    for (const target of everyKind('target.test', server.port).filter(({ kind }) => kind !== 'tcp'))
      expect(await passTimeUntil(clock, prober.probe(target, 2_000))).toMatchObject({ outcome: 'failure' });
    await Promise.all(server.connections.map(letGo));
  });

  it('denies what was never vetted, and cannot be read', async () => {
    for (const url of ['nothing', 'ftp://target.test/', 'http://a:b@target.test/'])
      expect(await outbound().prober.probe(httpTarget(url), 10_000)).toMatchObject({ outcome: 'denied' });
  });
});

describe('Prober, told how its own network is tested', () => {
  const judged = async (isThere: boolean, port: number) => {
    const gateway = isThere ? (await tcpServer()).port : await deadPort();
    const { prober } = outbound({ connectivity: [{ host: '127.0.0.1', port: gateway }] });
    return prober.probe({ kind: 'tcp', host: 'target.test', port }, 10_000);
  };

  it('judges a failure while there is a network', async () => {
    expect(await judged(true, await deadPort())).toMatchObject({ outcome: 'failure' });
  });

  it('does not judge a failure while there is none, but tells of it', async () => {
    const result = await judged(false, await deadPort());
    expect(result.outcome).toBe('unjudged');
    expect(result.message).toContain(
      'this process has no network, so this says nothing: the connection was refused',
    );
  });

  it('judges what is well all the same', async () => {
    expect(await judged(false, (await tcpServer()).port)).toMatchObject({ outcome: 'success' });
  });
});
