import fc from 'fast-check';
import { isIP } from 'node:net';
import { canonicalHost, isLoopback } from './host-name.js';

describe('canonicalHost', () => {
  it.each([
    ['0:0:0:0:0:0:0:0', '::'],
    ['2001:DB8:0::1', '2001:db8::1'],
    ['0000:0:0:0:0:0:0:0001', '::1'],
    ['::1%lo', '::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::FFFF:7f00:1', '127.0.0.1'],
    ['0:0:0:0:0:ffff:10.0.0.7', '10.0.0.7'],
    ['::ffff:0:0', '0.0.0.0'],
    ['::127.0.0.1', '::7f00:1'],
    ['127.0.0.1', '127.0.0.1'],
    ['Vitals.LAN', 'vitals.lan'],
    ['*.vitals.svc', '*.vitals.svc'],
    ['a%b', 'a%b'],
    ['::1]/x[', '::1]/x['],
    ['::1%/x', '::1%/x'],
    ['', ''],
  ])('has %s as %s', (given, expected) => expect(canonicalHost(given)).toBe(expected));
});

describe('isLoopback', () => {
  it.each(['localhost', 'LocalHost', '::1', '0:0:0:0:0:0:0:1', '127.0.0.1', '127.9.9.9', '::ffff:127.0.0.1'])(
    'is so of %s',
    (host) => expect(isLoopback(host)).toBe(true),
  );
  it.each([
    '',
    '::',
    '0.0.0.0',
    '10.0.0.7',
    '127.0.0.1.evil.example',
    '127.example',
    '127.0.0.256',
    '127.1',
    '::ffff:10.0.0.7',
  ])('is not so of %j', (host) => expect(isLoopback(host)).toBe(false));
});

it('finds every address in the form that it has, and no other text in that of an address', () => {
  const text = fc.stringMatching(/^[\da-f:.%]{0,12}$/);
  fc.assert(
    fc.property(fc.oneof(fc.ipV6(), fc.ipV4(), text), (given) => {
      expect(isIP(canonicalHost(given)) > 0).toBe(isIP(given) > 0);
      expect(isLoopback(given)).toBe(isIP(given) > 0 && /^(?:::1|127\..*)$/.test(canonicalHost(given)));
    }),
  );
});
