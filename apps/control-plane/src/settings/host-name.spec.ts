import { canonicalHost } from './host-name.js';

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
  ])('has %s as %s', (given, expected) => expect(canonicalHost(given)).toBe(expected));
});
