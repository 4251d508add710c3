import fc from 'fast-check';
import { shownText, textFault } from './text-rule.js';

describe('shownText', () => {
  it.each([
    ['a text', 10, 'a text'],
    ['a text', 1, 'a'],
    ['a\0b', 10, 'aU+0000b'],
    ['\0\0', 8, 'U+0000U+'],
    ['\ud83d', 10, 'U+D83D'],
    ['a😀', 2, 'a'],
    ['a😀', 3, 'a😀'],
  ])('has %j of at most %i as %j', (text, longest, shown) => expect(shownText(text, longest)).toBe(shown));

  it('is a text that may be written, and is no longer than it may be', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.nat(20), (text, more, longest) => {
        const shown = shownText(`${text.slice(1)}\0${more}`, longest);
        expect([textFault(shown), shown.length <= longest]).toEqual([undefined, true]);
      }),
    );
  });
});
