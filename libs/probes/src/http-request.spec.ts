import { isConnectionHeader, isHeader, readHttpUrl } from './http-request.js';

describe('A header that a check may not set', () => {
  it.each(['Connection', 'te', 'proxy-authenticate', 'Proxy-Authorization', 'transfer-encoding'])(
    'is %s, which belongs to the connection',
    (name) => expect(isConnectionHeader(name)).toBe(true),
  );

  it.each(['authorization', 'host', 'accept'])('is not %s', (name) =>
    expect(isConnectionHeader(name)).toBe(false),
  );
});

describe('A header', () => {
  it.each([
    ['authorization', 'Bearer t0ken', true],
    ['x-empty', '', true],
    ['a b', 'x', false],
    ['', 'x', false],
    ['x-line', 'a\r\nhost: b', false],
  ])('%j with the value %j is one that HTTP allows: %s', (name, value, isAllowed) =>
    expect(isHeader(name, value)).toBe(isAllowed),
  );
});

describe('The URL of an HTTP server', () => {
  it('is read in its normal form', () =>
    expect(readHttpUrl('HTTPS://Shop.Example:443/a')).toEqual(new URL('https://shop.example/a')));

  it.each([
    ['shop.example', 'not a URL'],
    ['ftp://shop.example', 'another protocol'],
    ['http://user@shop.example', 'credentials'],
    ['http://:secret@shop.example', 'credentials'],
  ])('is not %s: %s', (text, fault) => expect(readHttpUrl(text)).toBe(fault));
});
