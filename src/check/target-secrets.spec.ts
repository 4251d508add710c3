import fc from 'fast-check';
import { type CheckTarget, secretsOf, withSecrets } from './index.js';

function http(headers: Record<string, string>): CheckTarget {
  return {
    kind: 'http',
    url: 'https://shop.example/health',
    method: 'GET',
    headers,
    expectedCodes: [{ first: 200, last: 299 }],
    tlsSkipVerify: false,
  };
}

describe('The secrets of a target', () => {
  it('are the values of all headers, by JSON Pointers', () => {
    expect(secretsOf(http({ authorization: 'Bearer x', 'a/b~c': 'y' }))).toEqual([
      { pointer: '/headers/authorization', value: 'Bearer x' },
      { pointer: '/headers/a~1b~0c', value: 'y' },
    ]);
  });

  it('are the key of a client certificate, under the name that the API has for it', () => {
    const target: CheckTarget = { kind: 'tls', host: 'db', port: 1, warnBeforeMs: 0, clientKey: 'pem' };
    expect(secretsOf(target)).toEqual([{ pointer: '/client_key', value: 'pem' }]);
    expect(withSecrets(target, () => 'other')).toEqual({ ...target, clientKey: 'other' });
  });

  it('are none where there is nothing of the kind', () => {
    expect(secretsOf({ kind: 'ttl' })).toEqual([]);
    expect(secretsOf({ kind: 'tcp', host: 'db', port: 5432 })).toEqual([]);
  });

  it('are replaced in a copy, or the target is left as it is', () => {
    const target = http({ a: '1', b: '2' });
    expect(withSecrets(target, ({ value }) => value)).toBe(target);
    const other = withSecrets(target, ({ pointer, value }) => (pointer === '/headers/b' ? 'x' : value));
    expect(other).toEqual({ ...target, headers: { a: '1', b: 'x' } });
    expect(target).toEqual(http({ a: '1', b: '2' }));
  });

  it('come back as they were when they are replaced and replaced back, whatever their names', () => {
    const names = fc.oneof(fc.constant('__proto__'), fc.string({ minLength: 1 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.string())), (entries) => {
        const target = http(Object.fromEntries(entries) as Record<string, string>);
        const sealed = withSecrets(target, ({ value }) => ({ sealed: value }));
        const opened = withSecrets(sealed, ({ value }) => (value as { sealed: string }).sealed);
        expect(JSON.stringify(opened)).toBe(JSON.stringify(target));
      }),
    );
  });
});
