import * as fc from 'fast-check';
import { readSubscription } from './subscriber.js';

describe('readSubscription', () => {
  it.each([
    ['https://localhost:443/com.networknt.ac-1.0.0?environment=test1', 'com.networknt.ac-1.0.0|test1'],
    ['https://localhost:443/com.networknt.ac-1.0.0?environment=test1&', 'com.networknt.ac-1.0.0|test1'],
    ['https://localhost:443/com.networknt.ac-1.0.0', 'com.networknt.ac-1.0.0'],
    ['https://localhost:443/a?', 'a'],
    ['https://localhost:443/a?environment=', 'a'],
    ['light://[::1]:0/a?nodeType=service&environment=dev&x=%zz', 'a|dev'],
    ['http://null/a', 'a'],
    ['x:///a', 'a'],
  ])('reads %s as %s', (text, group) => expect(readSubscription(text)).toBe(group));

  it.each([
    '',
    'a',
    '/a',
    'https://localhost:443',
    'https://localhost:443/',
    'https://localhost:443/a/b',
    'https://localhost:443/a|b',
    'https://localhost:443/a:b',
    'https://localhost:443/a%7Cb',
    'https://localhost:443/a#b',
    'https://localhost:443/a?environment=b|c',
    'https://localhost:443/a?environment=%7C',
    ' https://localhost:443/a',
    'https://localhost:443/a\n',
    '{"serviceId":"a"}',
    `https://localhost:443/${'a'.repeat(254)}`,
  ])('refuses %j, and says what a subscription is', (text) =>
    expect(() => readSubscription(text)).toThrow(
      expect.objectContaining({ code: 'request-invalid', message: expect.stringContaining('<serviceId>') }),
    ),
  );

  it('reads any text as a group, or refuses it in few words', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5_000 }), (text) => {
        try {
          expect(readSubscription(text)).toMatch(/^[\w.~|-]+$/);
        } catch (error) {
          expect([(error as { code: string }).code, String(error).length < 1_000]).toEqual([
            'request-invalid',
            true,
          ]);
        }
      }),
    );
  });
});
