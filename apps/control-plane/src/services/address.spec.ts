import { canonicalAddress, hostOf } from './address.js';

describe('canonicalAddress', () => {
  it.each([
    ['10.0.0.7', '10.0.0.7'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::ffff:10.0.0.7', '::ffff:a00:7'],
    ['Orders.Example.ORG', 'orders.example.org'],
    ['my_container-1', 'my_container-1'],
    ['localhost', 'localhost'],
  ])('writes %s as %s', (given, canonical) => {
    expect(canonicalAddress(given)).toBe(canonical);
    expect(canonicalAddress(canonical)).toBe(canonical);
  });

  it.each([
    '',
    ' ',
    'a b',
    'a/b',
    'a@b',
    'a:80',
    '[10.0.0.7]',
    '[a]',
    '[::1',
    '::1]',
    'fe80::1%eth0',
    '-a',
    'a-',
    'a..b',
    'a.',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.7',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    'a%2eb',
    'x'.repeat(64),
    `${'a.'.repeat(127)}a`,
    'é.example',
  ])('refuses %j', (given) => expect(canonicalAddress(given)).toBeUndefined());
});

describe('hostOf', () => {
  it.each([
    ['::1', '[::1]'],
    ['10.0.0.7', '10.0.0.7'],
    ['a.example', 'a.example'],
  ])('writes %s into a URL as %s', (address, host) => expect(hostOf(address)).toBe(host));
});
