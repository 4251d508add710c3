import type { Duration } from '../time/duration.js';
import { OptionReader } from './option-reader.js';
import { anything, duration } from './rules.js';

interface Options {
  readonly every?: Duration;
  readonly clock?: object;
}

const read = (options: Options) => new OptionReader('It', options, { every: duration, clock: anything });

describe('A reader of options', () => {
  it.each<[string, () => unknown, string]>([
    [
      'an unknown option',
      () => read({ evry: 1 } as object),
      'It: unknown option `evry`; did you mean `every`?',
    ],
    ['a list', () => read([] as object), 'It: must be an object, not a list'],
    ['a value that breaks its rule', () => read({ every: '5' }), 'It: every: "5" is not a duration'],
    ['no time', () => read({ every: 0 }).spanMs('every', '1s'), 'It: every must be longer than 0'],
    ['no time, in other words', () => read({ every: 0 }).spanMs('every', 1, 'never'), 'It: never'],
    ['a fault that somebody else found', () => read({}).require('no clock'), 'It: no clock'],
  ])('refuses %s', (_what, refused, message) => {
    expect(refused).toThrow(message);
    expect(refused).toThrow(expect.objectContaining({ code: 'declaration-invalid' }) as Error);
  });

  it('gives spans in milliseconds, and the default of one that was not given', () => {
    expect(read({ every: '2s' }).spanMs('every', '1s')).toBe(2_000);
    expect(read({ every: undefined }).spanMs('every', '1s')).toBe(1_000);
    expect(() => read({}).require(undefined)).not.toThrow();
  });
});
