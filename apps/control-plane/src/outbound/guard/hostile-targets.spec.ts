import type { ProbeTarget } from '@vitals/core/check';
import { isIP } from 'node:net';
import { FakeNameResolver } from '../../../test/outbound/fake.name-resolver.js';
import { HOSTILE_ANSWERS, HOSTILE_URLS } from '../../../test/outbound/hostile-targets.js';
import { httpTarget, outbound } from '../../../test/outbound/outbound-fixture.js';
import { closeServers, type Listening, tcpServer } from '../../../test/outbound/test-servers.js';

const names = new FakeNameResolver({ ...HOSTILE_ANSWERS });
const { prober, targets, connector } = outbound({ allowCidrs: [], names });
let trap: Listening;

beforeAll(async () => {
  trap = await tcpServer();
});

afterEach(() => expect(trap.connections).toHaveLength(0));

afterAll(closeServers);

/** The addresses among the hosts, as a URL normalises them. */
const LITERALS = HOSTILE_URLS.map((url) => url.replaceAll('PORT', '80'))
  .filter((url) => URL.canParse(url))
  .map((url) => new URL(url).hostname.replace(/^\[|\]$/g, ''))
  .filter((host) => isIP(host) !== 0);

describe('a hostile target', () => {
  it('is one of more than sixty', () => {
    expect(new Set(HOSTILE_URLS).size).toBe(HOSTILE_URLS.length);
    expect(HOSTILE_URLS.length + Object.keys(HOSTILE_ANSWERS).length).toBeGreaterThan(60);
  });

  it.each(HOSTILE_URLS)(
    '%j is refused at registration, and denied if it is probed all the same',
    async (url) => {
      const target = httpTarget(url.replaceAll('PORT', `${trap.port}`));
      expect(targets.refusalOf(target)).toEqual(expect.any(String));
      expect(await prober.probe(target, 10_000)).toMatchObject({ outcome: 'denied' });
    },
  );

  it.each(Object.keys(HOSTILE_ANSWERS))(
    '%s is denied by every probe for what it resolves to',
    async (host) => {
      const place = { host, port: trap.port };
      const probed: ProbeTarget[] = [
        httpTarget(`http://${host}:${trap.port}/`),
        httpTarget(`https://${host}:${trap.port}/`, { tlsSkipVerify: true }),
        { kind: 'tcp', ...place },
        { kind: 'tls', ...place, warnBeforeMs: 0 },
        { kind: 'grpc', ...place, service: '', tls: false, tlsSkipVerify: false },
      ];
      for (const target of probed) {
        expect(targets.refusalOf(target)).toBeUndefined();
        expect(await prober.probe(target, 10_000)).toMatchObject({ outcome: 'denied' });
      }
    },
  );

  it.each(LITERALS)('%s is denied by the connector itself', async (host) => {
    const connected = connector.connect({ host, port: trap.port }, new AbortController().signal);
    await expect(connected).rejects.toMatchObject({ name: 'ConnectionDenied' });
  });
});

describe('a name that is rebound', () => {
  it('is judged by the very addresses that are connected to', async () => {
    const server = await tcpServer();
    const rebound = new FakeNameResolver({ 'rebound.test': [['127.0.0.2'], ['127.0.0.1'], ['10.0.0.1']] });
    const guarded = outbound({ allowCidrs: ['127.0.0.1/32'], names: rebound });
    const target = { kind: 'tcp', host: 'rebound.test', port: server.port } as const;
    expect(await guarded.prober.probe(target, 10_000)).toMatchObject({ outcome: 'denied' });
    expect(rebound.questions).toEqual(['rebound.test']);
    expect(await guarded.prober.probe(target, 10_000)).toMatchObject({ outcome: 'success' });
    expect(await guarded.prober.probe(target, 10_000)).toMatchObject({ outcome: 'denied' });
    expect(rebound.questions).toHaveLength(3);
    expect(server.connections).toHaveLength(1);
  });

  it('is denied for HTTP as soon as a new connection is made', async () => {
    const rebound = new FakeNameResolver({ 'rebound.test': [['8.8.8.8', '127.0.0.1']] });
    const guarded = outbound({ allowCidrs: [], names: rebound });
    const result = await guarded.prober.probe(httpTarget(`http://rebound.test:${trap.port}/`), 10_000);
    expect(result.outcome).toBe('denied');
    expect(result.message).toContain(
      'rebound.test resolves to what is denied: 127.0.0.1 is a loopback address',
    );
  });
});
