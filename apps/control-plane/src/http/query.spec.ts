import { VitalsError } from '@vitals/core/errors';
import { PlacementQuery } from '../placement/placement.controller.js';
import { ListProvidersQuery, StatusListQuery } from '../providers/providers.controller.js';
import { assertNoQuery, assertQuery, knownQueryOf, NO_QUERY } from './query.js';

const PLACEMENT = knownQueryOf(PlacementQuery);

function refusalOf(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    expect((error as VitalsError).code).toBe('query-invalid');
    return (error as Error).message;
  }
}

describe('knownQueryOf', () => {
  it('knows the members of a class and of those that it extends', () => {
    expect([...knownQueryOf(StatusListQuery).keys()].toSorted()).toEqual([
      'changed_since',
      'max_page_size',
      'page_token',
    ]);
  });

  it('knows which of them may be repeated', () => {
    const repeatable = [...PLACEMENT].filter(([, isRepeatable]) => isRepeatable).map(([name]) => name);
    expect(repeatable.toSorted()).toEqual(['capability', 'label']);
  });
});

describe('assertQuery', () => {
  it.each([[{}], [{ cpu: '4', label: 'a=b' }], [{ label: ['a=b', 'c=d'], capability: ['gpu'] }]])(
    'accepts %j',
    (given) => {
      expect(refusalOf(() => assertQuery(given, PLACEMENT))).toBeUndefined();
    },
  );

  it.each([
    [{ ram: '8GB' }, 'unknown query parameter `ram`; did you mean `memory`?'],
    [{ memry: '8GB' }, 'unknown query parameter `memry`; did you mean `memory`?'],
    [{ Zone: 'a' }, 'unknown query parameter `Zone`; did you mean `zone`?'],
    [{ serviceType: 'vm' }, 'unknown query parameter `serviceType`; did you mean `service_type`?'],
    [{ 'label[]': 'a=b' }, 'unknown query parameter `label[]`; did you mean `label`?'],
    [
      { cpu: '1', whatever: '2' },
      /^unknown query parameter `whatever`; there are `capability`, `cpu`, .*`zone`$/,
    ],
    [{ zone: ['a', 'b'] }, 'the query parameter `zone` takes one value, and is given 2 times'],
    [{ ['x'.repeat(5_000)]: '' }, /^unknown query parameter `x{100}`; there are/],
    [{ '\0': '1' }, /^unknown query parameter `U\+0000`; there are/],
    [{ [`${'x'.repeat(99)}😀`]: '' }, /^unknown query parameter `x{99}`; there are/],
    [JSON.parse('{"__proto__":"1"}') as Record<string, string>, /^unknown query parameter `__proto__`/],
    [{ constructor: '1' }, /^unknown query parameter `constructor`/],
  ])('refuses %j', (given, message) => {
    const refusal = refusalOf(() => assertQuery(given, PLACEMENT));
    expect(refusal).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });

  it.each([
    ['page', ListProvidersQuery, 'page_token'],
    ['offset', ListProvidersQuery, 'page_token'],
    ['Cursor', ListProvidersQuery, 'page_token'],
    ['limit', ListProvidersQuery, 'max_page_size'],
    ['since', StatusListQuery, 'changed_since'],
    ['type', PlacementQuery, 'service_type'],
    ['service_type', ListProvidersQuery, 'type'],
    ['gpu', PlacementQuery, 'capability'],
  ])('takes %s of %o for %s', (name, query, meant) => {
    const refusal = refusalOf(() => assertQuery({ [name]: '2' }, knownQueryOf(query)));
    expect(refusal).toBe(`unknown query parameter \`${name}\`; did you mean \`${meant}\`?`);
  });

  it('says so where there are none', () => {
    const refusal = refusalOf(() => assertQuery({ a: '1' }, NO_QUERY));
    expect(refusal).toBe('unknown query parameter `a`; this call takes none');
  });
});

describe('assertNoQuery', () => {
  it.each(['/heartbeats', '/heartbeats?', '/heartbeats?&'])('accepts %s', (url) => {
    expect(refusalOf(() => assertNoQuery(url))).toBeUndefined();
  });

  it.each(['/heartbeats?a', '/heartbeats?a=b', '/heartbeats?=b'])('refuses %s', (url) => {
    expect(refusalOf(() => assertNoQuery(url))).toMatch(/this call takes none/);
  });

  it.each([
    ['?%ff', 'the query is not valid percent-encoded UTF-8'],
    ['?%zz=1', 'the query is not valid percent-encoded UTF-8'],
    ['?a=%ff', 'the query parameter "a" is not valid percent-encoded UTF-8'],
  ])('says of %s what every call says of it', (query, message) => {
    expect(() => assertNoQuery(`/providers/a/status${query}`)).toThrow(message);
  });
});
