import { authorityOf, bracketed, bracketedPlaces, placeText, tlsIdentityOf } from './index.js';

describe('The authority of a server', () => {
  it.each([
    ['http', 'shop.example', 8080, 'shop.example:8080'],
    ['http', 'shop.example', 80, 'shop.example'],
    ['https', 'shop.example', 443, 'shop.example'],
    ['http', 'shop.example', 443, 'shop.example:443'],
    ['https', 'shop.example.', 8443, 'shop.example.:8443'],
    ['http', '192.0.2.1', 80, '192.0.2.1'],
    ['http', '::1', 50_051, '[::1]:50051'],
    ['https', '::1', 443, '[::1]'],
    ['https', '[2001:db8::1]', 444, '[2001:db8::1]:444'],
    ['https', '::ffff:7f00:1', 443, '[::ffff:7f00:1]'],
  ] as const)('of %s is for %s and port %d: %s', (scheme, host, port, authority) => {
    expect(authorityOf(scheme, host, port)).toBe(authority);
    expect(new URL(`${scheme}://${authority}/`).host).toBe(authority);
  });

  it('has its brackets in words too', () => {
    expect([bracketed('::1'), bracketed('[::1]'), bracketed('a')]).toEqual(['[::1]', '[::1]', 'a']);
    expect(placeText('::1', 443)).toBe('[::1]:443');
    expect(placeText('127.0.0.1', 443)).toBe('127.0.0.1:443');
  });

  it.each([
    ['connect ECONNREFUSED ::1:443', 'connect ECONNREFUSED [::1]:443'],
    [
      'listen EADDRINUSE: address already in use :::3000',
      'listen EADDRINUSE: address already in use [::]:3000',
    ],
    ['connect EHOSTUNREACH fe80::1%eth0:80 - Local', 'connect EHOSTUNREACH [fe80::1%eth0]:80 - Local'],
    ['connect ECONNREFUSED ::ffff:127.0.0.1:80', 'connect ECONNREFUSED [::ffff:127.0.0.1]:80'],
    ['connect ECONNREFUSED 127.0.0.1:443', 'connect ECONNREFUSED 127.0.0.1:443'],
    ['at 12:30:00: connect to a:b failed', 'at 12:30:00: connect to a:b failed'],
  ])('is told apart from its port in %s', (message, told) => {
    expect(bracketedPlaces(message)).toBe(told);
  });

  it.each([
    ['shop.example', { identity: 'shop.example', serverName: 'shop.example' }],
    ['Shop.Example.', { identity: 'shop.example', serverName: 'shop.example' }],
    ['192.0.2.1', { identity: '192.0.2.1', serverName: '' }],
    ['2001:db8::1', { identity: '2001:db8::1', serverName: '' }],
    ['[2001:db8::1]', { identity: '2001:db8::1', serverName: '' }],
  ])('is called in TLS, for %s', (host, expected) => {
    expect(tlsIdentityOf(host)).toEqual(expected);
  });
});
