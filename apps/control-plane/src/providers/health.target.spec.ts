import { healthTargetOf } from './registration.controller.js';

const urlOf = (endpoint: string, path: string): string => healthTargetOf(endpoint, path).url;

describe('The health URL of a provider', () => {
  it.each([
    ['http://10.0.0.7:8080', '/health', 'http://10.0.0.7:8080/health'],
    ['http://10.0.0.7:8080/api/v1?x=1', '/health', 'http://10.0.0.7:8080/health'],
    ['https://a.example', '/health?deep=1&x=%20#y', 'https://a.example/health?deep=1&x=%20'],
    ['http://[2001:db8::7]:80', '/a/../b', 'http://[2001:db8::7]/b'],
    ['http://user:secret@a.example', '/health', 'http://user:secret@a.example/health'],
    ['grpc://a.example:50051', '/health', 'grpc://a.example:50051/health'],
    ['unix:socket', '/health', 'unix:socket'],
    ['no URL', '/health', 'no URL'],
  ])('of %s and %s is %s', (endpoint, path, url) => expect(urlOf(endpoint, path)).toBe(url));

  it.each([
    '//evil.example/x',
    '/\\evil.example',
    '///evil.example',
    '/\\/evil.example',
    '//a@evil.example:1/',
  ])('never leads to another server than the endpoint, with %s', (path) =>
    expect(new URL(urlOf('http://10.0.0.7:8080', path)).host).toBe('10.0.0.7:8080'),
  );
});
