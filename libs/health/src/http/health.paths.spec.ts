import fc from 'fast-check';
import { HealthPaths, plainPath } from './health.paths.js';
import type { HealthRoute } from './health.routes.js';

const answer: HealthRoute['answer'] = () => ({ status: 200, headers: {}, body: undefined });
const PATHS = [
  '/health',
  '/health/live',
  '/health/check/:name',
  '/v1.0/healthz',
  '/parts/:type/:name',
  '/größe',
];
const paths = new HealthPaths(PATHS.map((path) => ({ path, endpoint: 'health', answer })));

function found(target: string) {
  const match = paths.find(target);
  return match && [match.route.path, match.params];
}

describe('the paths of health', () => {
  it.each([
    ['/health', '/health', {}],
    ['/health?format=text', '/health', {}],
    ['/health/?format=text', '/health', {}],
    ['/health//live/', '/health/live', {}],
    ['//v1.0/healthz', '/v1.0/healthz', {}],
    ['///v1.0///healthz//', '/v1.0/healthz', {}],
    ['/%68ealth', '/health', {}],
    ['/health%2Flive', undefined, {}],
    ['/he%61lth/%6c%69ve?x=%2F', '/health/live', {}],
    ['/v1%2E0/healthz', '/v1.0/healthz', {}],
    ['/health/check/a', '/health/check/:name', { name: 'a' }],
    ['/health/check/a/', '/health/check/:name', { name: 'a' }],
    ['/health//check//a', '/health/check/:name', { name: 'a' }],
    ['/health/check/a%2Fb%20%22c%22', '/health/check/:name', { name: 'a/b "c"' }],
    ['/health/check/%2541', '/health/check/:name', { name: '%41' }],
    ['/health/check/%zz', '/health/check/:name', { name: '%zz' }],
    ['/health/check/%FF', '/health/check/:name', { name: '%FF' }],
    ['/health/check/:name', '/health/check/:name', { name: ':name' }],
    ['/parts/state.redis/x', '/parts/:type/:name', { type: 'state.redis', name: 'x' }],
    ['/gr%C3%B6%C3%9Fe', '/größe', {}],
    ['/gr%c3%b6%c3%9fe', '/größe', {}],
    ['http://example.org/health?x', '/health', {}],
    ['HTTPS://example.org:443/health/check/a', '/health/check/:name', { name: 'a' }],
    ['http://example.org', undefined, {}],
    ['/health/check', undefined, {}],
    ['/health/check/', undefined, {}],
    ['/health/check/a/b', undefined, {}],
    ['/Health', undefined, {}],
    ['/health/Live', undefined, {}],
    ['/health/../health', undefined, {}],
    ['/healthy', undefined, {}],
    ['/', undefined, {}],
    ['*', undefined, {}],
    ['', undefined, {}],
  ])('read %j as %j', (target, path, params) => {
    expect(found(target)).toEqual(path === undefined ? undefined : [path, params]);
  });

  it('are the same however slashes are doubled and unreserved characters are encoded', () => {
    const encode = (text: string, which: readonly boolean[]) =>
      text
        .split('')
        .map((character, at) =>
          which[at % which.length] && /[\w.~-]/.test(character)
            ? `%${character.charCodeAt(0).toString(16)}`
            : character,
        )
        .join('');
    fc.assert(
      fc.property(
        fc.constantFrom('/health', '/health/live', '/v1.0/healthz', '/health/check/a.b'),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom('', '/'),
        (path, which, slashes, end) => {
          const written = encode(path, which).replaceAll('/', '/'.repeat(slashes)) + end;
          expect(found(written)).toEqual(found(path));
        },
      ),
    );
  });

  it('take any target without an error, and are plain once they were made so', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webPath()), (target) => {
        paths.find(target);
        expect(plainPath(plainPath(`/${target}`))).toBe(plainPath(`/${target}`));
      }),
      { numRuns: 1_000 },
    );
  });

  it('that the module is given may have a slash at their end, and doubled ones', () => {
    const written = new HealthPaths(
      ['/ops//health/', '/', '//live'].map((path) => ({ path, endpoint: 'health', answer })),
    );
    for (const target of ['/ops/health', '/', '/live', '/ops/health/'])
      expect([target, written.find(target) !== undefined]).toEqual([target, true]);
  });
});
