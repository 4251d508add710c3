import { overlapOf } from './route-pattern.js';

describe('a path of health and the pattern of a route', () => {
  it.each([
    ['/health', '/health', 'hides'],
    ['/health', '/health/', 'hides'],
    ['/health', '//health', 'hides'],
    ['/health', '/he%61lth', 'hides'],
    ['/health', '/Health', undefined],
    ['/health', '/health/live', undefined],
    ['/health/live', '/health', undefined],
    ['/health/check/:name', '/health/check/mine', 'hides'],
    ['/health/check/:name', '/health/check/:id', 'hides'],
    ['/health/check/:name', '/health/check/:id.json', 'hides'],
    ['/health/check/:name', '/health/check/:id/details', undefined],
    ['/health/check/:name', '/health/check', undefined],
    ['/health/check/:name', '/health/:part/mine', 'splits'],
    ['/health/check/:name', '/health/check/*', 'splits'],
    ['/health/check/:name', '/health/check/*rest', 'splits'],
    ['/health/check/:name', '/health/check/mine/*', undefined],
    ['/health/check/:name', '/health/check{/:id}', 'splits'],
    ['/health/check/:name', '/health/check/:id?', 'splits'],
    ['/health', '/health{/}', 'hides'],
    ['/health/live', '/health/:part', 'splits'],
    ['/health/live', '/health/l(ive)?', 'splits'],
    ['/health', '/:page', 'splits'],
    ['/health', '*', 'splits'],
    ['/health', '/*', 'splits'],
    ['/health', '/{*path}', 'splits'],
    ['/v1.0/healthz', '/v1.0/healthz', 'hides'],
    ['/parts/:type/:name', '/parts/state/:name', 'hides'],
  ])('%s and %s: %s', (health, pattern, overlap) => {
    expect(overlapOf(health, pattern)).toBe(overlap);
  });
});
