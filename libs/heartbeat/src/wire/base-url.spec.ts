import { labelOf, readBaseUrl } from './base-url.js';

describe('readBaseUrl', () => {
  it.each([
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/'],
    ['https://vitals.example/', 'https://vitals.example/'],
    ['http://proxy/vitals//', 'http://proxy/vitals'],
    ['http://[::1]:3000', 'http://[::1]:3000/'],
  ])('reads %s', (text, url) => {
    expect(readBaseUrl(text).href).toBe(url);
  });

  it.each([
    ['localhost:3000', /is not a valid URL; use one such as/],
    ['ftp://host', /is not a valid URL/],
    ['http://::1:3000', /an IPv6 address stands in brackets: "http:\/\/\[::1\]:3000"/],
    ['http://fe80::1', /in brackets/],
    ['http://', /is not a valid URL/],
    ['http://host:99999', /is not a valid URL/],
    ['http://host?a=b', /must end with its path/],
    ['http://host/#a', /must end with its path/],
  ])('refuses %s, and says what to do', (text, message) => {
    expect(() => readBaseUrl(text)).toThrow(message);
  });

  it('refuses credentials without repeating them', () => {
    expect(() => readBaseUrl('http://admin:secret@host')).toThrow(/give a token instead/);
    expect(() => readBaseUrl('http://admin:secret@host')).not.toThrow(/secret/);
  });

  it.each(['http://127.0.0.1:3000', 'http://[::1]:3000', 'https://vitals.example/behind/proxy'])(
    'is known to people as it was given: %s',
    (text) => {
      expect(labelOf(readBaseUrl(`${text}/`))).toBe(text);
    },
  );
});
