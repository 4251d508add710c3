import { frequencyMs, isHttp, isTooOld, sameKey, TIME_UNITS, type TimeUnit } from '../index.js';

const EVERY_10_S = { frequency: { timeUnit: 'SECONDS', time: 10 } } as const;

describe('frequencyMs', () => {
  it.each<[TimeUnit, number]>([
    ['MILLISECONDS', 7],
    ['SECONDS', 7_000],
    ['MINUTES', 420_000],
    ['HOURS', 25_200_000],
    ['DAYS', 604_800_000],
  ])('7 %s are %d ms', (timeUnit, ms) => {
    expect(frequencyMs({ frequency: { timeUnit, time: 7 } })).toBe(ms);
  });

  it('knows all units', () => {
    expect(TIME_UNITS).toEqual(['MILLISECONDS', 'SECONDS', 'MINUTES', 'HOURS', 'DAYS']);
  });
});

describe('isTooOld', () => {
  it.each([
    [0, false],
    [19_999, false],
    [20_000, true],
    [3_600_000, true],
    [-5_000, false],
  ])('a command every 10 s that is %d ms old is dropped: %s', (ageMs, isDropped) => {
    const start = 1_700_000_000_000;
    expect(isTooOld({ ...EVERY_10_S, start }, start + ageMs)).toBe(isDropped);
  });
});

describe('isHttp', () => {
  it.each<[Record<string, string>, boolean]>([
    [{ healthPath: '/health/' }, true],
    [{ healthPath: '' }, false],
    [{}, false],
    [{ interval: '10000' }, false],
  ])('%j: %s', (data, expected) => {
    expect(isHttp(data)).toBe(expected);
  });
});

describe('sameKey', () => {
  const key = { host: 'lightapi.net', name: 'a:http:10.0.0.1:80' };

  it('is host and name, and nothing else', () => {
    expect(sameKey(key, { ...key })).toBe(true);
    expect(sameKey(key, { ...key, host: 'other' })).toBe(false);
    expect(sameKey(key, { ...key, name: 'other' })).toBe(false);
  });

  it('does not mix up where one ends and the other begins', () => {
    expect(sameKey({ host: 'a', name: 'bc' }, { host: 'ab', name: 'c' })).toBe(false);
  });
});
