import { AddressPolicy } from './address.policy.js';

const NONE = new AddressPolicy([]);
const LOCAL = new AddressPolicy([
  '127.0.0.0/8',
  '::1/128',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
]);
const EVERYTHING = new AddressPolicy(['0.0.0.0/0', '::/0']);

describe('AddressPolicy', () => {
  it.each([
    ['127.0.0.1', 'a loopback address'],
    ['127.255.255.255', 'a loopback address'],
    ['::1', 'a loopback address'],
    ['0.0.0.0', 'an unspecified address'],
    ['0.255.255.255', 'an unspecified address'],
    ['::', 'an unspecified address'],
    ['10.0.0.0', 'a private address'],
    ['172.31.255.255', 'a private address'],
    ['192.168.255.255', 'a private address'],
    ['fdff::1', 'a private address'],
    ['fec0::1', 'a private address'],
    ['169.254.0.1', 'a link-local address'],
    ['febf::1', 'a link-local address'],
    ['169.254.169.254', 'a metadata address'],
    ['169.254.170.2', 'a metadata address'],
    ['100.100.100.200', 'a metadata address'],
    ['192.0.0.192', 'a metadata address'],
    ['168.63.129.16', 'a metadata address'],
    ['fd00:ec2::254', 'a metadata address'],
    ['100.64.0.1', 'an address of a carrier network'],
    ['255.255.255.255', 'a broadcast address'],
    ['239.255.255.255', 'a multicast address'],
    ['ff02::1', 'a multicast address'],
    ['192.0.2.1', 'an address for documentation'],
    ['2001:db8::', 'an address for documentation'],
    ['3fff::1', 'an address for documentation'],
    ['198.19.255.255', 'an address for benchmarks'],
    ['2001:2::1', 'an address for benchmarks'],
    ['240.0.0.1', 'a reserved address'],
    ['192.88.99.1', 'a reserved address'],
    ['::7f00:1', 'a reserved address'],
    ['100::1', 'a reserved address'],
    ['4000::1', 'a reserved address'],
    ['64:ff9b:1::808:808', 'a reserved address'],
    ['::ffff:10.0.0.1', 'a private address'],
    ['64:ff9b::10.0.0.1', 'a way to a private address'],
    ['2002:a9fe:a9fe::', 'a way to a metadata address'],
    ['2001:0:7f00:1::f7f7:f7f7', 'a way to a loopback address'],
    ['2001:0:808:808::80ff:fffe', 'a way to a loopback address'],
    ['2606:4700::200:5efe:7f00:1', 'a way to a loopback address'],
    ['2002:c058:6301::', 'a way to a reserved address'],
  ])('denies %s, which is %s', (address, name) => {
    expect(NONE.denialOf(address)).toContain(`${address} is ${name}, where checks may not connect`);
    expect(NONE.denialOf(address)).toContain('VITALS_CHECK_ALLOW_CIDRS');
  });

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450::1',
    '2001:4860:4860::8888',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '2002:808:808::1',
    '2001:0:808:808::f7f7:f7f7',
  ])('allows %s, which is public, whatever is listed', (address) => {
    for (const policy of [NONE, LOCAL, EVERYTHING]) expect(policy.denialOf(address)).toBeUndefined();
  });

  it.each([
    '127.0.0.1',
    '::1',
    '10.9.8.7',
    '172.16.0.1',
    '192.168.1.1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '64:ff9b::a00:1',
  ])('allows %s where its range is listed', (address) => expect(LOCAL.denialOf(address)).toBeUndefined());

  it.each([
    ['169.254.169.254', ['0.0.0.0/0', '::/0', '169.254.0.0/16', '169.254.169.0/24']],
    ['169.254.1.1', ['0.0.0.0/0', '::/0', '169.0.0.0/8']],
    ['fe80::1', ['::/0', 'fe00::/8']],
    ['fd00:ec2::254', ['fc00::/7', 'fd00:ec2::/64']],
    ['100.100.100.200', ['100.64.0.0/10']],
    ['64:ff9b::169.254.169.254', ['::/0', '64:ff9b::/96', '0.0.0.0/0']],
    ['2002:a9fe:a9fe::1', ['::/0', '2002::/16']],
    ['2606:4700::5efe:169.254.169.254', ['::/0']],
  ])('denies %s where only wider ranges are listed, for that is not meant', (address, allowed) => {
    expect(new AddressPolicy(allowed).denialOf(address)).toContain(
      'unless VITALS_CHECK_ALLOW_CIDRS lists it itself',
    );
  });

  it.each([
    ['169.254.169.254', '169.254.169.254/32'],
    ['::ffff:169.254.169.254', '169.254.169.254/32'],
    ['64:ff9b::a9fe:a9fe', '169.254.169.254/32'],
    ['169.254.1.1', '169.254.0.0/16'],
    ['169.254.1.1', '169.254.1.0/24'],
    ['fe80::1', 'fe80::/64'],
    ['fd00:ec2::254', 'fd00:ec2::254/128'],
  ])('allows %s where %s is listed, for that is meant', (address, allowed) => {
    expect(new AddressPolicy([allowed]).denialOf(address)).toBeUndefined();
  });

  it.each([
    '',
    'localhost',
    'example.org',
    '127.1',
    '0x7f.0.0.1',
    '1.2.3.4.5',
    '010.0.0.1',
    'fe80::1%eth0',
    ' 8.8.8.8',
    ':::',
  ])('denies %j, which is no address', (text) =>
    expect(EVERYTHING.denialOf(text)).toContain('is not an IP address'),
  );

  it.each(['10.0.0.0', '10.0.0.0/33', '::/129', '10.0.0.0/-1', '10.0.0.0/', 'nothing/8', '10.0.0.0/8x'])(
    'refuses %j as a CIDR',
    (cidr) => expect(() => new AddressPolicy([cidr])).toThrow('is not a valid CIDR'),
  );

  it('ignores bits behind the prefix', () => {
    expect(new AddressPolicy(['10.1.2.3/8']).denialOf('10.200.0.1')).toBeUndefined();
  });
});
