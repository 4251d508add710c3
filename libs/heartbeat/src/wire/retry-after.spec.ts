import { readRetryAfter } from './retry-after.js';

const NOW_MS = Date.UTC(2026, 0, 1);

describe('readRetryAfter', () => {
  it.each([
    ['3', 3_000],
    ['0', 0],
    ['000012', 12_000],
    ['99999999999', 99_999_999_999_000],
    ['9'.repeat(400), Number.POSITIVE_INFINITY],
    ['Thu, 01 Jan 2026 00:00:07 GMT', 7_000],
    ['Thursday, 01-Jan-26 00:00:07 GMT', 7_000],
    ['Thu Jan  1 00:00:07 2026', 7_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ])('reads %s as %d ms', (text, ms) => {
    expect(readRetryAfter({ 'retry-after': text }, NOW_MS)).toBe(ms);
  });

  it.each(['', ' ', '-1', '+3', '1.5', '1e9', '0x10', 'soon', 'NaN', 'Infinity', '2026-01-01T00:00:07Z'])(
    'takes %j, which is neither seconds nor a date, for nothing',
    (text) => {
      expect(readRetryAfter({ 'retry-after': text }, NOW_MS)).toBeUndefined();
    },
  );

  it('takes a date that is none for nothing', () => {
    expect(readRetryAfter({ 'retry-after': 'Xxx, 99 Jan 2026 99:99:99 GMT' }, NOW_MS)).toBeUndefined();
  });

  it('compares a date with the clock of who said it, for that of a provider may be off by a day', () => {
    const headers = { date: 'Fri, 02 Jan 2026 00:00:00 GMT', 'retry-after': 'Fri, 02 Jan 2026 00:00:07 GMT' };
    expect(readRetryAfter(headers, NOW_MS)).toBe(7_000);
    expect(readRetryAfter({ ...headers, date: 'today' }, NOW_MS)).toBe(86_407_000);
  });
});
