import type { ProbeTarget, TlsOptions } from '@vitals/core/check';
import { ManualClock } from '@vitals/core/time';
import { createServer } from 'node:tls';
import { type Certificate, certificate, daysFromNow } from '../../../../libs/health/test/certificate.js';
import { strictServer } from '../../../../libs/health/test/strict-servers.js';
import { httpTarget, outbound } from '../../test/outbound/outbound-fixture.js';
import { closeServers, listen } from '../../test/outbound/test-servers.js';

afterEach(closeServers);

const notAfter = daysFromNow(90);
const root = certificate({ commonName: 'root', names: ['root'], notAfter });
const leaf = certificate({ commonName: 'shop', names: ['shop.test', '192.0.2.7'], notAfter, issuer: root });
const clientRoot = certificate({ commonName: 'clients', names: ['clients'], notAfter });
const client = (commonName: string): Certificate =>
  certificate({ commonName, names: [commonName], notAfter, issuer: clientRoot });
const shown = ({ cert, key }: Certificate): TlsOptions => ({ clientCertificate: cert, clientKey: key });

const PROTOCOLS = ['https', 'grpc+tls', 'tls'] as const;
type Protocol = (typeof PROTOCOLS)[number];
type More = TlsOptions & { readonly tlsSkipVerify?: boolean };

function targetOf(protocol: Protocol, port: number, more: More = {}): ProbeTarget {
  const place = { host: '127.0.0.1', port };
  switch (protocol) {
    case 'https':
      return httpTarget(`https://127.0.0.1:${port}/`, more);
    case 'grpc+tls':
      return { kind: 'grpc', ...place, service: '', tls: true, tlsSkipVerify: false, ...more };
    case 'tls':
      return { kind: 'tls', ...place, warnBeforeMs: 0, ...more };
    default:
      return protocol satisfies never;
  }
}

const meant = { ca: root.cert, serverName: 'shop.test' };

describe.each(PROTOCOLS)('A check over TLS: %s', (protocol) => {
  it('trusts the authority, and means the server, that it was told', async () => {
    const server = await strictServer(protocol, { certificate: leaf });
    const result = await outbound().prober.probe(targetOf(protocol, server.port, meant), 10_000);
    expect(result).toMatchObject({ outcome: 'success' });
    expect(server.serverNames).toEqual(['shop.test']);
    expect(server.authorities).toEqual(protocol === 'tls' ? [] : [`shop.test:${server.port}`]);
  });

  it.each([
    ['an authority that it was not told', { serverName: 'shop.test' }, /certificate is not trusted/],
    ['another authority', { ...meant, ca: clientRoot.cert }, /certificate is not trusted/],
    ['another name', { ...meant, serverName: 'other.test' }, 'the certificate is for another name'],
    ['another address', { ...meant, serverName: '192.0.2.8' }, 'the certificate is for another name'],
  ])('fails for %s', async (_what, more, message) => {
    const server = await strictServer(protocol, { certificate: leaf });
    const result = await outbound().prober.probe(targetOf(protocol, server.port, more), 10_000);
    expect(result).toMatchObject({ outcome: 'failure', message: expect.stringMatching(message) as string });
  });

  it('means an address that it was told, and asks for no name then', async () => {
    const server = await strictServer(protocol, { certificate: leaf });
    const target = targetOf(protocol, server.port, { ...meant, serverName: '192.0.2.7' });
    expect(await outbound().prober.probe(target, 10_000)).toMatchObject({ outcome: 'success' });
    expect(server.serverNames).toEqual([]);
  });

  it('takes any certificate where none has to be trusted', async () => {
    const server = await strictServer(protocol, { certificate: leaf });
    const target = targetOf(protocol, server.port, { tlsSkipVerify: true });
    expect(await outbound().prober.probe(target, 10_000)).toMatchObject({ outcome: 'success' });
  });
});

describe.each(['https', 'grpc+tls'] as const)('A server that asks for a certificate: %s', (protocol) => {
  const serving = () => strictServer(protocol, { certificate: leaf, clientCa: clientRoot.cert });

  it('is shown that of the check, and never that of another check', async () => {
    const server = await serving();
    const { prober } = outbound();
    for (const name of ['alice', 'bob', 'alice']) {
      const target = targetOf(protocol, server.port, { ...meant, ...shown(client(name)) });
      expect(await prober.probe(target, 10_000)).toMatchObject({ outcome: 'success' });
    }
    expect(server.clients).toEqual(['alice', 'bob', 'alice']);
  });

  it('is shown one whose key was found in the environment', async () => {
    const server = await serving();
    const { cert, key } = client('alice');
    const referable = new Map([['VITALS_CHECK_SECRET_ALICE', key]]);
    const more = { ...meant, clientCertificate: cert, clientKey: 'env:VITALS_CHECK_SECRET_ALICE' };
    const { prober } = outbound({ referable });
    const result = await prober.probe(targetOf(protocol, server.port, more), 10_000);
    expect([result.outcome, server.clients]).toEqual(['success', ['alice']]);
  });

  it.each([
    ['that of somebody else', client('bob').key],
    ['no key', 'hunter2hunter2'],
  ])('is not blamed for a variable that holds %s', async (_what, key) => {
    const server = await serving();
    const referable = new Map([['VITALS_CHECK_SECRET_ALICE', key]]);
    const clientKey = 'env:VITALS_CHECK_SECRET_ALICE';
    const more = { ...meant, clientCertificate: client('alice').cert, clientKey };
    const { prober } = outbound({ referable });
    const result = await prober.probe(targetOf(protocol, server.port, more), 10_000);
    expect(result).toMatchObject({
      outcome: 'denied',
      message: expect.stringContaining('client_key') as string,
    });
    expect(result.message).not.toContain('hunter2');
    expect(server.connections()).toBe(0);
  });

  it('lets nobody in on the connection of whom it let in', async () => {
    const server = await serving();
    const { prober } = outbound();
    const known = targetOf(protocol, server.port, { ...meant, ...shown(client('alice')) });
    expect(await prober.probe(known, 10_000)).toMatchObject({ outcome: 'success' });
    const unknown = await prober.probe(targetOf(protocol, server.port, meant), 10_000);
    expect(unknown).toMatchObject({ outcome: 'failure' });
    expect(server.clients).toEqual(['alice']);
  });

  it('is told of as one that asks', async () => {
    const server = await serving();
    const { message } = await outbound().prober.probe(targetOf(protocol, server.port, meant), 10_000);
    expect(message).toContain('the server requires a client certificate, and none was given');
  });
});

describe('HTTP connections that are kept', () => {
  it.each<[string, TlsOptions, TlsOptions, number]>([
    ['the same of TLS', meant, { ...meant }, 1],
    ['other authorities', meant, { ...meant, ca: root.cert + clientRoot.cert }, 2],
    ['another name', meant, { ...meant, serverName: '192.0.2.7' }, 2],
    ['a client certificate', meant, { ...meant, ...shown(client('alice')) }, 2],
  ])('are shared or not by checks that say %s', async (_what, first, second, connections) => {
    const server = await strictServer('https', { certificate: leaf });
    const { prober } = outbound();
    const headers = { host: 'shop.test' };
    for (const more of [first, second]) {
      const target = httpTarget(`https://127.0.0.1:${server.port}/`, { ...more, headers });
      expect(await prober.probe(target, 10_000)).toMatchObject({ outcome: 'success' });
    }
    expect(server.connections()).toBe(connections);
  });
});

it.each([
  [{ authority: 'orders.mesh' }, 'orders.mesh'],
  [{ authority: 'orders.mesh:443', ...meant }, 'orders.mesh:443'],
])('A gRPC call names the authority that it was told: %j', async (more, authority) => {
  const server = await strictServer('grpc', {});
  const target = { kind: 'grpc', host: '127.0.0.1', port: server.port, service: '', tls: false } as const;
  const result = await outbound().prober.probe({ ...target, tlsSkipVerify: false, ...more }, 10_000);
  expect(result).toMatchObject({ outcome: 'success' });
  expect(server.authorities).toEqual([authority]);
});

describe('A certificate that nobody has to trust', () => {
  const DAY_MS = 86_400_000;
  const nowMs = Date.now();
  const lasting = (days: number, more: object = {}): Certificate =>
    certificate({ commonName: 'box', names: ['box'], notAfter: new Date(nowMs + days * DAY_MS), ...more });

  async function looked(chain: readonly Certificate[], warnDays = 14) {
    const [first] = chain as [Certificate];
    const { port } = await listen(
      createServer({ key: first.key, cert: chain.map(({ cert }) => cert).join('') }),
    );
    const { prober } = outbound({ clock: new ManualClock(nowMs) });
    const target = { kind: 'tls', host: '127.0.0.1', port, warnBeforeMs: warnDays * DAY_MS } as const;
    return prober.probe({ ...target, tlsSkipVerify: true }, 10_000);
  }

  it.each([
    ['long before', 90, 'success', 'in 90 days, and was not verified'],
    ['soon before', 10, 'warning', 'in 10 days, and was not verified'],
    ['after', -1, 'failure', 'the certificate expired on'],
  ])('is watched for its end: %s', async (_when, days, outcome, message) => {
    const result = await looked([lasting(days + 1e-4)]);
    expect(result).toMatchObject({ outcome, message: expect.stringContaining(message) as string });
  });

  it('fails before it begins', async () => {
    const early = lasting(90, { notBefore: new Date(nowMs + DAY_MS) });
    expect(await looked([early])).toMatchObject({
      outcome: 'failure',
      message: expect.stringContaining('is not valid yet: it begins on') as string,
    });
  });

  it.each([
    ['one between that ends first', 5, 900, 'warning'],
    ['one between that has ended', -5, 900, 'failure'],
    ['an authority that has ended, and is shown besides', 300, -5, 'success'],
  ])('has a chain, with %s', async (_what, middleDays, rootDays, outcome) => {
    const top = lasting(rootDays, { commonName: 'top', names: ['top'] });
    const middle = lasting(middleDays, { commonName: 'middle', names: ['middle'], issuer: top });
    const shop = lasting(90, { issuer: middle });
    expect(await looked([shop, middle, top])).toMatchObject({ outcome });
  });
});
