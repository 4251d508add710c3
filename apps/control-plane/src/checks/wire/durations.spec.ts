import { durationText, parseDuration, tryParseDuration } from '@vitals/core/time';
import fc from 'fast-check';
import { durationFault } from './window.dto.js';

describe('The text of a duration', () => {
  it('is read as what was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_147_483_647 }), (ms) => {
        expect(parseDuration(durationText(ms))).toBe(ms);
      }),
    );
  });

  it.each([
    [0, '0ms'],
    [1_500, '1500ms'],
    [10_000, '10s'],
    [90_000, '90s'],
    [7_200_000, '2h'],
    [1_209_600_000, '14d'],
  ])('of %d ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it('is whole milliseconds, for fractions of one mean nothing', () => {
    expect(tryParseDuration('1.0004s')).toBe(1_000);
  });

  it.each([10, null, '', '10', 's', '1e3s', '10 s', '-1s', '25000d', '600h'])('is not %j', (value) => {
    expect(tryParseDuration(value)).toBeUndefined();
    expect(durationFault(value, 1_000, 60_000)).toBe(
      'must be a duration, text with a unit such as "10s", from 1s to 1m',
    );
  });
});
