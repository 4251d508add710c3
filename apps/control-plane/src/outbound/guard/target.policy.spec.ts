import type { ProbeTarget } from '@vitals/core/check';
import { httpTarget, outbound } from '../../../test/outbound/outbound-fixture.js';

const { targets: strict } = outbound({ allowCidrs: [] });
const { targets: local } = outbound({ allowCidrs: ['127.0.0.0/8', '::1/128', '10.0.0.0/8'] });

const tcp = (host: string, port = 80): ProbeTarget => ({ kind: 'tcp', host, port });
const tls = (serverName: string): ProbeTarget => ({
  kind: 'tls',
  host: 'a.test',
  port: 443,
  serverName,
  warnBeforeMs: 0,
});

describe('TargetPolicy', () => {
  it.each([
    httpTarget('https://example.org'),
    httpTarget('http://example.org:65535/health?ready=1#top'),
    httpTarget('http://service_a.prod:8080/'),
    httpTarget('http://bücher.example/'),
    httpTarget('http://8.8.8.8/'),
    httpTarget('http://[2606:4700::1111]:8080/'),
    httpTarget(`http://example.org/${'a'.repeat(2_048 - 19)}`),
    httpTarget('http://example.org/', { headers: { authorization: 'Bearer x', Host: 'other.example' } }),
    tcp('example.org', 1),
    tcp('example.org.', 65_535),
    tcp('2606:4700::1111'),
    tcp('[2606:4700::1111]'),
    tls('other.example'),
    { kind: 'grpc', host: 'example.org', port: 50_051, service: 'x', tls: true, tlsSkipVerify: false },
  ] satisfies ProbeTarget[])('takes what is public: %j', (target) => {
    expect(strict.refusalOf(target)).toBeUndefined();
  });

  it('takes a name in another script however many were asked about before', () => {
    const target = httpTarget('http://bücher.example/größe');
    for (let asked = 0; asked < 10_000; asked++) expect(strict.refusalOf(target)).toBeUndefined();
  });

  it.each([
    ['what is no URL', httpTarget('example.org'), 'the URL is not valid; use one such as https://'],
    ['another scheme', httpTarget('ftp://example.org/'), 'for ftp: checks support only http: and https:'],
    ['credentials', httpTarget('http://user:secret@example.org/'), 'send them as a header'],
    ['a long URL', httpTarget(`http://example.org/${'a'.repeat(2_048)}`), 'longer than 2048 characters'],
    ['port 0', httpTarget('http://example.org:0/'), 'from 1 to 65535'],
    [
      'a name that DNS cannot have',
      httpTarget(`http://${'a'.repeat(64)}.example/`),
      'no host that could be resolved',
    ],
    ['an unknown method', httpTarget('http://a.test/', { method: 'TRACE' as 'GET' }), 'not one of GET, HEAD'],
    [
      'a header of the connection',
      httpTarget('http://a.test/', { headers: { 'Transfer-Encoding': 'x' } }),
      'leave it out',
    ],
    ['a split header', httpTarget('http://a.test/', { headers: { a: 'b\r\nc: d' } }), 'HTTP does not allow'],
    [
      'a header without a name',
      httpTarget('http://a.test/', { headers: { '': 'b' } }),
      'HTTP does not allow',
    ],
    ['no port', tcp('a.test', Number.NaN), 'the port must be from 1 to 65535'],
    ['too high a port', tcp('a.test', 65_536), 'the port must be from 1 to 65535'],
    ['an empty host', tcp(''), 'the host is neither a name nor an IP address'],
    ['a host with a port', tcp('a.test:80'), 'the host is neither a name nor an IP address'],
    ['a host with a path', tcp('a.test/x'), 'the host is neither a name nor an IP address'],
    ['a host with credentials', tcp('a@b.test'), 'the host is neither a name nor an IP address'],
    ['a host with a zone', tcp('fe80::1%eth0'), 'the host is neither a name nor an IP address'],
    ['a host with a space', tcp('a b'), 'the host is neither a name nor an IP address'],
    ['a server name that is none', tls('a b'), 'the server name is neither a name nor'],
    [
      'loopback',
      tcp('127.1'),
      '127.0.0.1 is a loopback address, where checks may not connect unless VITALS_CHECK',
    ],
    [
      'this machine',
      httpTarget('http://a.localhost/'),
      'a.localhost is this machine: 127.0.0.1 is a loopback address',
    ],
  ])('refuses %s', (_what, target, reason) => {
    expect(strict.refusalOf(target)).toContain(reason);
  });

  it('refuses a name of this machine if one of its addresses is denied', () => {
    const { targets } = outbound({ allowCidrs: ['127.0.0.0/8'] });
    expect(targets.refusalOf(httpTarget('http://localhost/'))).toContain('lists it, as ::1/128');
  });

  it('never repeats credentials or the query', () => {
    const refusal = strict.refusalOf(httpTarget('http://user:hunter2@127.0.0.1/?token=hunter2'));
    expect(refusal).not.toContain('hunter2');
  });

  it.each([
    httpTarget('http://localhost:3000/'),
    httpTarget('http://127.0.0.1/'),
    tcp('10.1.2.3'),
    tcp('0x7f.1'),
  ])('takes what the settings allow: %j', (target) => expect(local.refusalOf(target)).toBeUndefined());
});
