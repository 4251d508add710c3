import type { ProbeTarget } from '@vitals/core/check';
import { SystemClock } from '@vitals/core/time';
import { certificate, daysFromNow } from '../../../../libs/health/test/certificate.js';
import {
  STRICT_PROTOCOLS,
  type StrictProtocol,
  strictServer,
} from '../../../../libs/health/test/strict-servers.js';
import { FakeNameResolver } from '../../test/outbound/fake.name-resolver.js';
import { httpTarget, outbound } from '../../test/outbound/outbound-fixture.js';
import { AddressPolicy } from './guard/address.policy.js';
import type { Destination } from '@vitals/probes';
import { GuardedConnector } from './guard/guarded.connector.js';

const ALLOWED = ['127.0.0.0/8', '::1/128'];
const names = new FakeNameResolver({ 'target.test': ['127.0.0.1', '::1'] });
const leaf = certificate({
  commonName: 'target.test',
  names: ['target.test', '127.0.0.1', '::1', '::ffff:127.0.0.1'],
  notAfter: daysFromNow(90),
});
/** Its subject is the name and each address, but its identities are others. */
const others = certificate({
  commonName: 'target.test',
  names: ['other.test', '192.0.2.1'],
  notAfter: daysFromNow(90),
});

/** Connects to the port of the test whatever port a target has, so that a target can have the usual one. */
class ReroutingConnector extends GuardedConnector {
  constructor(private readonly port: number) {
    super(new AddressPolicy(ALLOWED), names, new SystemClock(), leaf.cert);
  }

  override connect(destination: Destination, signal: AbortSignal): ReturnType<GuardedConnector['connect']> {
    return super.connect({ ...destination, port: this.port }, signal);
  }
}

function targetOf(protocol: StrictProtocol, host: string, port: number): ProbeTarget {
  const inUrl = host.includes(':') ? `[${host}]` : host;
  switch (protocol) {
    case 'http':
    case 'https':
      return httpTarget(`${protocol}://${inUrl}:${port}/`);
    case 'grpc':
    case 'grpc+tls':
      return { kind: 'grpc', host, port, service: '', tls: protocol === 'grpc+tls', tlsSkipVerify: false };
    case 'tls':
      return { kind: 'tls', host, port, warnBeforeMs: 0 };
    case 'tcp':
      return { kind: 'tcp', host, port };
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
  ['a long IPv6 address', '0:0:0:0:0:0:0:1', '[::1]', undefined],
  ['an IPv4 address within IPv6', '::ffff:127.0.0.1', '[::ffff:7f00:1]', undefined],
] as const;

const SPEAK_HTTP = ['http', 'https', 'grpc', 'grpc+tls'] as const;
const SPEAK_TLS = ['https', 'grpc+tls', 'tls'] as const;
const TABLE = STRICT_PROTOCOLS.flatMap((protocol) => HOSTS.map((host) => [protocol, ...host] as const));
const isOneOf = (some: readonly string[], protocol: string): boolean => some.includes(protocol);

describe('What a strict server is told by a check', () => {
  it.each(TABLE)(
    '%s: the authority and the server name for %s',
    async (protocol, _what, host, ...expected) => {
      const [authority, serverName] = expected;
      const server = await strictServer(protocol, { certificate: leaf });
      const { prober } = outbound({ allowCidrs: ALLOWED, names, ca: leaf.cert });
      const result = await prober.probe(targetOf(protocol, host, server.port), 10_000);
      expect(result).toMatchObject({ outcome: 'success' });
      expect(server.authorities).toEqual(
        isOneOf(SPEAK_HTTP, protocol) ? [`${authority}:${server.port}`] : [],
      );
      expect(server.serverNames).toEqual(isOneOf(SPEAK_TLS, protocol) && serverName ? [serverName] : []);
    },
  );

  it.each(TABLE.filter(([protocol]) => isOneOf(SPEAK_HTTP, protocol)))(
    '%s: no port for %s where it is the usual one',
    async (protocol, _what, host, authority) => {
      const server = await strictServer(protocol, { certificate: leaf });
      const { prober } = outbound({ allowCidrs: ALLOWED, connector: new ReroutingConnector(server.port) });
      const port = isOneOf(SPEAK_TLS, protocol) ? 443 : 80;
      const result = await prober.probe(targetOf(protocol, host, port), 10_000);
      expect(result).toMatchObject({ outcome: 'success' });
      expect(server.authorities).toEqual([authority]);
    },
  );

  it.each(TABLE.filter(([protocol]) => isOneOf(SPEAK_TLS, protocol)))(
    '%s: nothing, where the certificate is not for %s',
    async (protocol, _what, host) => {
      const server = await strictServer(protocol, { certificate: others });
      const { prober } = outbound({ allowCidrs: ALLOWED, names, ca: others.cert });
      expect(await prober.probe(targetOf(protocol, host, server.port), 10_000)).toMatchObject({
        outcome: 'failure',
        message: expect.stringContaining('the certificate is for another name') as string,
      });
      expect(server.authorities).toEqual([]);
    },
  );
});

it.each(STRICT_PROTOCOLS)('A place is in brackets in the message of a failure: %s', async (protocol) => {
  const { prober } = outbound({ allowCidrs: ALLOWED });
  const { message } = await prober.probe(targetOf(protocol, '::1', 1), 10_000);
  expect(message).toBe('the connection was refused ([::1]:1)');
});
