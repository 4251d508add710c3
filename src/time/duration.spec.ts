import fc from 'fast-check';
import { VitalsError } from '../errors.js';
import { type Duration, formatDuration, parseDuration, parseDurationText } from './duration.js';

describe('parseDuration', () => {
  it.each<[Duration, number]>([
    [0, 0],
    [1.5, 1.5],
    [2_147_483_647, 2_147_483_647],
    ['0s', 0],
    ['250ms', 250],
    ['2s', 2_000],
    [' 2s ', 2_000],
    ['1.5m', 90_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
  ])('reads %j as %d ms', (duration, ms) => {
    expect(parseDuration(duration)).toBe(ms);
  });

  it.each<[unknown]>([
    [''],
    ['10'],
    ['s'],
    ['-1s'],
    ['+1s'],
    ['1 s'],
    ['1S'],
    ['1e3ms'],
    ['.5s'],
    ['1.s'],
    ['1w'],
    ['1s2ms'],
    ['25d'],
    [`${'9'.repeat(400)}s`],
    [-1],
    [2_147_483_648],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [null],
    [undefined],
    [{}],
    [['1s']],
  ])('refuses %j and says what is accepted', (duration) => {
    expect(() => parseDuration(duration as Duration)).toThrow(VitalsError);
    expect(() => parseDuration(duration as Duration)).toThrow(/such as "10s"/);
  });
});

describe('A number in quotes', () => {
  it('is refused with the reason that it has no unit', () => {
    expect(() => parseDuration('800')).toThrow(
      '"800" is not a duration: it has no unit; give a number with ms, s, m, h or d, such as "10s", up to 24 days. Only without quotes 800 is milliseconds',
    );
  });
});

describe('A duration that can only be given as text', () => {
  const units = 'give a number with ms, s, m, h or d, such as "10s", up to 24 days';

  it('is read as any other', () => expect(parseDurationText('1.5s')).toBe(1_500));

  it.each([
    ['800', `"800" is not a duration: it has no unit; ${units}`],
    ['soon', `"soon" is not a duration: ${units}`],
    ['', `"" is not a duration: ${units}`],
    ['25d', `"25d" is not a duration: ${units}`],
  ])('is refused if it is %j, and nobody is told to give a number without a unit', (text, message) => {
    expect(() => parseDurationText(text)).toThrow(new VitalsError('duration-invalid', message));
  });
});

describe('formatDuration', () => {
  it.each<[number, string]>([
    [0, '0 ms'],
    [849.6, '850 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [1_000, '1 s'],
    [12_345, '12.3 s'],
    [36_020, '36 s'],
    [59_949, '59.9 s'],
    [59_950, '1 m 0 s'],
    [60_000, '1 m 0 s'],
    [119_600, '2 m 0 s'],
    [250_000, '4 m 10 s'],
    [3_599_400, '59 m 59 s'],
    [3_599_600, '1 h 0 m'],
    [7_200_000, '2 h 0 m'],
    [86_369_000, '23 h 59 m'],
    [86_399_000, '1 d 0 h'],
    [172_800_000, '2 d 0 h'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('never writes a part that belongs to the next unit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (ms) => {
        expect(formatDuration(ms)).toMatch(
          /^(\d{1,3} ms|([1-9]|[1-5]\d)(\.\d)? s|[1-5]?\d m [1-5]?\d s|(1?\d|2[0-3]) h [1-5]?\d m|\d+ d (1?\d|2[0-3]) h)$/,
        );
      }),
    );
  });
});
