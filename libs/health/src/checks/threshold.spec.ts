import fc from 'fast-check';
import { Settings } from './check-settings.js';
import { bytesOf, isAbove, readOptionalThreshold, readThreshold, type Size } from './threshold.js';

const read = (given: unknown) => readThreshold(new Settings('diskCheck'), 'minFree', given as Size);

describe('a threshold', () => {
  it.each<[Size, number]>([
    [0, 0],
    [1_048_576, 1_048_576],
    ['500MB', 500_000_000],
    ['1GiB', 1_073_741_824],
    ['1.5 kb', 1_500],
    ['90%', 900],
    ['12.5 %', 125],
    ['100%', 1_000],
    ['0%', 0],
  ])('of %p is %d bytes of a thousand', (given, bytes) => {
    expect(bytesOf(read(given), 1_000)).toBe(bytes);
  });

  it.each([
    ['120%', 'diskCheck: minFree is "120%"; give a share of at most "100%"'],
    ['100.1%', 'give a share of at most "100%"'],
    ['5 bananas', 'minFree is "5 bananas"; give bytes as a number, an amount such as "500MB"'],
    ['5XB', 'minFree is "5XB";'],
    ['-5%', 'minFree is "-5%";'],
    ['', 'minFree is "";'],
    [-1, 'minFree is -1;'],
    [Number.NaN, 'minFree is NaN;'],
    [Number.POSITIVE_INFINITY, 'minFree is Infinity;'],
    [0.9, 'minFree is 0.9; give bytes, or a share with its sign: "90%"'],
    [true, 'minFree is true;'],
    [null, 'minFree is null;'],
    [{}, 'minFree is {};'],
  ])('refuses %p, naming the setting and what to give', (given, message) => {
    expect(() => read(given)).toThrow(
      expect.objectContaining({
        code: 'declaration-invalid',
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  it('that is a share is that share of any whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.nat(), (percent, whole) => {
        expect(bytesOf(read(`${percent}%`), whole)).toBeCloseTo((percent * whole) / 100, 3);
      }),
    );
  });

  it('refuses or reads whatever it is given, and never throws anything else', () => {
    fc.assert(
      fc.property(fc.anything(), (given) => {
        try {
          expect(bytesOf(read(given), 1)).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toMatchObject({ code: 'declaration-invalid' });
        }
      }),
    );
  });

  it('may be left out', () => {
    expect(readOptionalThreshold(new Settings('diskCheck'), 'warnFree', undefined)).toBeUndefined();
  });

  it.each<[Size, Size, boolean]>([
    ['2GB', '1GB', true],
    ['1GB', '1GB', false],
    ['1GB', '2GB', false],
    ['20%', '10%', true],
    ['10%', '20%', false],
    ['20%', '1GB', false],
    ['1GB', '20%', false],
  ])('of %p is above %p: %p', (threshold, other, above) => {
    expect(isAbove(read(threshold), read(other))).toBe(above);
  });

  it('is above none that is left out, nor the other way round', () => {
    expect([isAbove(undefined, read(1)), isAbove(read(1), undefined)]).toEqual([false, false]);
  });
});
