import { portablePattern } from './portable.js';

describe('A pattern in the description', () => {
  it.each([
    ['^[a-z]+$', '^[a-z]+$'],
    ['^\\/[\\x21-\\x7e]{0,1023}$', '^/[\\x21-\\x7e]{0,1023}$'],
    ['^\\d+(\\.\\d+)?(ms|s)$', '^[0-9]+(\\.[0-9]+)?(ms|s)$'],
    ['^[^\\p{Cc}\\p{Cs}]*$', '^[^\\x00-\\x1f\\x7f-\\x9f]*$'],
  ])('is written for all engines: %s', (source, portable) => {
    expect(portablePattern(source)).toBe(portable);
  });

  it.each(['^(?=a)b$', '^(?<!a)b$', '^(?<n>a)$', '^(a)\\1$', '^\\p{L}$', '^\\w$', '^a\\b$', '^a\\-b$', 'a'])(
    'is refused if it means another thing elsewhere, or is not anchored: %s',
    (source) => {
      expect(() => portablePattern(source)).toThrow(/does not mean the same/);
    },
  );
});
