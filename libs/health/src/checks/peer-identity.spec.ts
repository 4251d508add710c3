import { credentials } from '@grpc/grpc-js';
import type { FactoryProvider } from '@nestjs/common';
import dns from 'node:dns';
import { certificate, daysFromNow } from '../../test/certificate.js';
import { serveGrpc } from '../../test/grpc-app.js';
import { deadPort, make } from '../../test/ready-made-check.js';
import { STRICT_PROTOCOLS, type StrictProtocol, strictServer } from '../../test/strict-servers.js';
import { grpcCheck } from './clients/grpc-check.js';
import { httpCheck } from './network/http-check.js';
import { tcpCheck } from './network/tcp-check.js';
import { tlsCheck } from './network/tls-check.js';

const leaf = certificate({
  commonName: 'target.test',
  names: ['target.test', '127.0.0.1', '::1', '::ffff:127.0.0.1'],
  notAfter: daysFromNow(90),
});
/** Its subject is the name, but its identities are others. */
const others = certificate({
  commonName: 'target.test',
  names: ['other.test', '192.0.2.1'],
  notAfter: daysFromNow(90),
});

const found = { address: '127.0.0.1', family: 4 };

beforeEach(() => {
  type Callback = (fault: null, addresses: unknown, family?: number) => void;
  const known = (name: string): boolean => /^target\.test\.?$/i.test(name);
  const { lookup } = dns;
  const { lookup: lookupPromise } = dns.promises;
  vi.spyOn(dns, 'lookup').mockImplementation(((name: string, options: { all?: boolean }, done: Callback) => {
    if (!known(name)) return lookup(name, options, done as never);
    return options.all ? done(null, [found]) : done(null, found.address, found.family);
  }) as never);
  vi.spyOn(dns.promises, 'lookup').mockImplementation(((name: string, options: object) =>
    known(name) ? Promise.resolve([found]) : lookupPromise(name, options)) as never);
});

afterEach(() => vi.restoreAllMocks());

function checkOf(protocol: StrictProtocol, host: string, port: number, ca: string): FactoryProvider {
  const inUrl = host.includes(':') ? `[${host}]` : host;
  switch (protocol) {
    case 'http':
    case 'https':
      return httpCheck({ url: `${protocol}://${inUrl}:${port}/`, ca });
    case 'grpc':
      return grpcCheck({ address: `${inUrl}:${port}` });
    case 'grpc+tls':
      return grpcCheck({ address: `${inUrl}:${port}`, credentials: credentials.createSsl(Buffer.from(ca)) });
    case 'tls':
      return tlsCheck({ host, port, ca });
    case 'tcp':
      return tcpCheck({ host, port });
    default:
      return protocol satisfies never;
  }
}

const HOSTS = [
  ['a name', 'target.test', 'target.test', 'target.test'],
  ['a name with a dot at its end', 'target.test.', 'target.test.', 'target.test'],
  ['a name in upper case', 'TARGET.Test', 'target.test', 'target.test'],
  ['an IPv4 address', '127.0.0.1', '127.0.0.1', undefined],
  ['an IPv6 address', '::1', '[::1]', undefined],
  ['an IPv4 address within IPv6', '::ffff:127.0.0.1', '[::ffff:7f00:1]', undefined],
] as const;

const SPEAK_HTTP: readonly string[] = ['http', 'https', 'grpc', 'grpc+tls'];
const SPEAK_TLS: readonly string[] = ['https', 'grpc+tls', 'tls'];
const TABLE = STRICT_PROTOCOLS.flatMap((protocol) => HOSTS.map((host) => [protocol, ...host] as const));

describe('What a strict server is told by a ready-made check', () => {
  it.each(TABLE)(
    '%s: the authority and the server name for %s',
    async (protocol, _what, host, ...expected) => {
      const [authority, serverName] = expected;
      const server = await strictServer(protocol, { certificate: leaf });
      const status = await make(checkOf(protocol, host, server.port, leaf.cert)).run();
      expect(status).toMatchObject({ state: 'UP' });
      expect(server.authorities).toEqual(
        SPEAK_HTTP.includes(protocol) ? [`${authority}:${server.port}`] : [],
      );
      const asked = SPEAK_TLS.includes(protocol) && serverName ? [serverName] : [];
      expect(server.serverNames).toEqual(asked);
    },
  );

  it.each(TABLE.filter(([protocol]) => SPEAK_TLS.includes(protocol)))(
    '%s: nothing, where the certificate is not for %s',
    async (protocol, _what, host) => {
      const server = await strictServer(protocol, { certificate: others });
      const status = await make(checkOf(protocol, host, server.port, others.cert)).run();
      expect(status).toMatchObject({
        state: 'DOWN',
        reason: expect.stringMatching(
          /the certificate is for another name|does not match certificate's altnames/,
        ) as string,
      });
      expect(server.authorities).toEqual([]);
    },
  );

  it.each(['127.0.0.1', '::1'])('is answered by the gRPC server of the library on %s', async (host) => {
    const { port } = await serveGrpc({ grpc: { host } });
    const status = await make(checkOf('grpc', host, port, '')).run();
    expect(status).toMatchObject({ state: 'UP' });
  });
});

it.each(STRICT_PROTOCOLS)('A place is in brackets in the reason of a failure: %s', async (protocol) => {
  const port = await deadPort();
  const { reason } = await make(checkOf(protocol, '::1', port, leaf.cert)).run();
  expect(reason).toContain(`connect ECONNREFUSED [::1]:${port}`);
});
