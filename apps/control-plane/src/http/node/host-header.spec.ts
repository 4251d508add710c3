import type { IncomingMessage } from 'node:http';
import { VitalsError } from '@vitals/core/errors';
import * as fc from 'fast-check';
import { readAuthority, settleAuthority } from './host-header.js';

/** What is left of the target and of `Host`, or why not. */
function settled(url: string, hosts: readonly string[], httpVersionMinor = 1): readonly [string, unknown] {
  const headers = hosts.length > 0 ? { host: hosts[0] } : {};
  const rawHeaders = ['Accept', '*/*', ...hosts.flatMap((host, at) => [at % 2 ? 'HOST' : 'Host', host])];
  const request = { url, headers, rawHeaders, httpVersionMinor } as unknown as IncomingMessage;
  try {
    settleAuthority(request);
  } catch (error) {
    return [(error as VitalsError).code, (error as VitalsError).message];
  }
  return [request.url as string, request.headers.host];
}

describe('readAuthority', () => {
  it.each([
    ['localhost', 'localhost', undefined],
    ['LocalHost:3000', 'localhost', 3_000],
    ['vitals.example.', 'vitals.example', undefined],
    ['vitals_1:80', 'vitals_1', 80],
    ['127.0.0.1:', '127.0.0.1', undefined],
    ['[::1]:3000', '::1', 3_000],
    ['[2001:DB8:0::1]', '2001:db8::1', undefined],
    ['[0:0:0:0:0:0:0:1]', '::1', undefined],
    ['[::1%lo]:3000', '::1', 3_000],
    ['[fe80::1%25eth0]', 'fe80::1', undefined],
    ['[::ffff:7f00:1]:80', '127.0.0.1', 80],
  ])('reads %s', (text, name, port) => {
    expect(readAuthority(text)).toEqual({ name, port });
    expect(readAuthority(text)).toEqual({ name, port });
  });

  it.each([
    '',
    ':80',
    'a b',
    'a/b',
    'user@a',
    'a:65536',
    'a:x',
    'a:1:2',
    '::1',
    '[::1',
    '[a]',
    '[::1%]',
    '[127.0.0.1%lo]',
    '<a>',
    'ä',
    'a,b',
  ])('finds that %j is not valid', (text) => expect(readAuthority(text)).toBeUndefined());

  it('reads any name and port back, whatever was read before', () => {
    const label = fc.stringMatching(/^[a-z0-9_-]{1,20}$/);
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), fc.nat(65_535), (labels, port) => {
        const name = labels.join('.');
        expect(readAuthority(`${name.toUpperCase()}:${port}`)).toEqual({ name, port });
      }),
    );
  });
});

describe('settleAuthority', () => {
  it.each<[string, readonly string[], number, readonly [string, string | undefined]]>([
    ['/a?b', ['a'], 1, ['/a?b', 'a']],
    ['*', ['a'], 1, ['*', 'a']],
    ['http://a/b?c', ['a'], 1, ['/b?c', 'a']],
    ['http://a', ['a'], 1, ['/', 'a']],
    ['HTTP://A:80/b', ['a'], 1, ['/b', 'A:80']],
    ['https://a/b', ['a:443'], 1, ['/b', 'a']],
    ['/a', [], 0, ['/a', undefined]],
    ['http://a/b', [], 0, ['/b', 'a']],
  ])('lets %s for %j of HTTP/1.%d pass', (url, hosts, minor, left) => {
    expect(settled(url, hosts, minor)).toEqual(left);
  });

  it.each<[string, string, readonly string[], number, string]>([
    ['without a host', '/a', [], 1, 'needs the header Host'],
    ['with two hosts', '/a', ['a', 'b'], 1, 'may be there once'],
    ['with the same host twice', '/a', ['a', 'a'], 1, 'may be there once'],
    ['with two hosts of HTTP/1.0', '/a', ['a', 'b'], 0, 'may be there once'],
    ['with an empty host', '/a', [''], 1, 'must be one name or address'],
    ['with a host that is not valid', '/a', ['a b'], 1, 'must be one name or address'],
    ['for another host than its target names', 'http://a/b', ['b'], 1, 'must be the one of the target'],
    ['for another port', 'http://a:81/b', ['a'], 1, 'must be the one of the target'],
    ['with a user in its target', 'http://u@a/b', ['a'], 1, 'must be the one of the target'],
    ['without an authority in its target', 'http:///b', ['a'], 1, 'must be the one of the target'],
  ])('refuses a request %s', (_what, url, hosts, minor, detail) => {
    expect(settled(url, hosts, minor)).toEqual(['request-malformed', expect.stringContaining(detail)]);
  });
});
