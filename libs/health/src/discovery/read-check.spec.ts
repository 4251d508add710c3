import type { HealthOptions } from '../declaration/health.options.js';
import { readCheck } from './read-check.js';

const run = () => true;

describe('readCheck', () => {
  it('fills in what a declaration leaves open', () => {
    expect(readCheck('Disk#check', {}, run)).toEqual({
      id: 'Disk#check',
      name: undefined,
      kinds: [],
      groups: [],
      tags: [],
      timeoutMs: 800,
      critical: true,
      cacheForMs: 0,
      everyMs: undefined,
      staleAfterMs: Number.POSITIVE_INFINITY,
      failureThreshold: 1,
      successThreshold: 1,
      run,
    });
  });

  it.each<[string, HealthOptions, object]>([
    [
      'believes a background result for three intervals',
      { every: '10s' },
      { everyMs: 10_000, staleAfterMs: 30_000 },
    ],
    [
      'or for as long as it is told',
      { every: '10s', staleAfter: '1m' },
      { everyMs: 10_000, staleAfterMs: 60_000 },
    ],
    ['reads how long a result is kept', { cacheFor: '2s' }, { cacheForMs: 2_000 }],
    [
      'reads thresholds',
      { failureThreshold: 3, successThreshold: 2 },
      { failureThreshold: 3, successThreshold: 2 },
    ],
    ['prefers the declared id', { id: 'disk' }, { id: 'disk' }],
  ])('%s', (_title, options, expected) => {
    expect(readCheck('Disk#check', options, run)).toMatchObject(expected);
  });

  it.each<[string, HealthOptions, RegExp]>([
    [
      'an option that there is not',
      { kind: 'liveness' } as object,
      /there is no option "kind"; there are id, name, kinds/,
    ],
    [
      'an unknown kind',
      { kinds: ['alive' as 'liveness'] },
      /"alive" is not a kind; there are liveness, readiness/,
    ],
    ['a timeout that is none', { timeout: 'soon' }, /timeout: "soon" is not a duration/],
    ['no time at all', { timeout: 0 }, /timeout must be longer than nothing/],
    ['an interval of nothing', { every: '0s' }, /every must be longer than nothing/],
    [
      'caching beside the background',
      { every: '1s', cacheFor: '1s' },
      /cacheFor and every exclude each other/,
    ],
    ['staleness without a background', { staleAfter: '1s' }, /staleAfter belongs to every/],
    [
      'staleness between any two runs',
      { every: '10s', staleAfter: '9s' },
      /staleAfter is shorter than every/,
    ],
    ['a threshold of none', { failureThreshold: 0 }, /failureThreshold must be a whole number from 1 on/],
    ['half a threshold', { successThreshold: 1.5 }, /successThreshold must be a whole number from 1 on/],
    [
      'liveness that depends on something outside, and explains why',
      { kinds: ['readiness', 'liveness'], external: true },
      /external and for liveness: .*restarted.*readiness/,
    ],
  ])('refuses %s, naming the check', (_title, options, message) => {
    expect(() => readCheck('Disk#check', options, run)).toThrow(message);
    expect(() => readCheck('Disk#check', options, run)).toThrow(/health check Disk#check: /);
  });

  it('accepts a readiness check that depends on something outside', () => {
    expect(readCheck('Db#ping', { kinds: ['readiness'], external: true }, run).kinds).toEqual(['readiness']);
  });
});
