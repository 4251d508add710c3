import { requireOptions } from './require-options.js';

describe('Options that a factory gave', () => {
  it.each([
    [undefined, 'gave nothing'],
    [null, 'gave nothing'],
    ['5s', 'gave a string'],
    [5, 'gave a number'],
    [[], 'gave a list'],
    [() => ({}), 'gave a function'],
  ])('are refused if they are %p', (given, message) => {
    expect(() => requireOptions('HealthModule.forRootAsync: the factory', given as never)).toThrow(
      `HealthModule.forRootAsync: the factory ${message}; return an object of options, or {} for the defaults`,
    );
  });

  it('are given back as they are', () => {
    const options = { drain: '5s' };
    expect(requireOptions('it', options)).toBe(options);
  });
});
