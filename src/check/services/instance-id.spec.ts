import * as fc from 'fast-check';
import { bracketed } from '../../place.js';
import { canonicalAddress, checkIdOf, type InstancePlace, readCheckId, shortIdOf } from './instance-id.js';

const serviceId = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._~-]{0,20}$/);
const address = fc
  .oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.domain(),
    fc.constantFrom('::1', '::', 'fe80::1', 'beef::1', 'a:b::1', 'a::'),
  )
  .map((text) => canonicalAddress(text))
  .filter((text) => text !== undefined);
const node: fc.Arbitrary<InstancePlace> = fc
  .record({
    serviceId,
    tag: fc.option(serviceId, { nil: undefined }),
    protocol: fc.oneof(
      fc.constantFrom('http', 'https', 'light', 'a', 'beef', 'fe80'),
      fc.stringMatching(/^[a-z][a-z0-9+.-]{0,8}$/),
    ),
    address,
    port: fc.integer({ min: 1, max: 65_535 }),
  })
  .map(({ tag, ...rest }) => ({ ...rest, ...(tag !== undefined && { tag }) }));

describe('The id of a check', () => {
  it.each<[string, InstancePlace]>([
    ['a:http:10.0.0.7:80', { serviceId: 'a', protocol: 'http', address: '10.0.0.7', port: 80 }],
    ['a|dev:https:b.c:443', { serviceId: 'a', tag: 'dev', protocol: 'https', address: 'b.c', port: 443 }],
    ['a:http:::1:80', { serviceId: 'a', protocol: 'http', address: '::1', port: 80 }],
  ])('is written as %s', (id, of) => expect(checkIdOf(of)).toBe(id));

  it('is read as the node that it was written for, whatever that is', () => {
    fc.assert(
      fc.property(node, (one) => {
        expect(readCheckId(checkIdOf(one))).toContainEqual(one);
      }),
    );
  });

  it('is read without its protocol as the rest of that node', () => {
    fc.assert(
      fc.property(node, ({ protocol: _protocol, ...place }) => {
        expect(readCheckId(shortIdOf(place))).toContainEqual({ ...place, protocol: undefined });
      }),
    );
  });

  it('is read with brackets, and with capitals in protocol and address, as what they stand for', () => {
    const read = { serviceId: 'A', protocol: 'http', address: '2001:db8::1', port: 80 };
    expect(readCheckId('A:HTTP:[2001:DB8::1]:80')).toEqual([read]);
    expect(readCheckId('A:[2001:DB8::1]:80')).toEqual([{ ...read, protocol: undefined }]);
  });

  it('has two readings where an IPv6 address begins with what may be a protocol, the longer one first', () => {
    expect(readCheckId('s:a:b::1:80')).toEqual([
      { serviceId: 's', protocol: 'a', address: 'b::1', port: 80 },
      { serviceId: 's', protocol: undefined, address: 'a:b::1', port: 80 },
    ]);
  });

  it.each([
    '',
    'a',
    ':',
    '|',
    'a:80',
    ':http:b:80',
    '|t:http:b:80',
    'a|:http:b:80',
    'a|b|c:http:b:80',
    'a:http:b:0',
    'a:http:b:65536',
    'a:http:b:1e3',
    'a:http:b:-1',
    'a:http:b:',
    'a:http::80',
    'a:ht tp:b:80',
    'a%7Cb:http:c:80',
    'a/b:http:c:80',
    '..:http:b:80',
    'a:http:fe80::1%eth0:80',
    'a:http:b\n:80',
    `${'a'.repeat(254)}:http:b:80`,
    `a:http:b:80${' '.repeat(4_096)}`,
    ':'.repeat(4_096),
  ])('cannot be %j', (id) => expect(readCheckId(id)).toEqual([]));

  it('reads any text without failing', () => {
    fc.assert(fc.property(fc.string({ maxLength: 2_000 }), (text) => Array.isArray(readCheckId(text))));
  });
});

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

describe('bracketed', () => {
  it.each([
    ['::1', '[::1]'],
    ['10.0.0.7', '10.0.0.7'],
    ['a.example', 'a.example'],
  ])('writes %s into a URL as %s', (given, host) => expect(bracketed(given)).toBe(host));
});
