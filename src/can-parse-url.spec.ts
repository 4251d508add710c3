import { canParseUrl } from './can-parse-url.js';

describe('canParseUrl', () => {
  it.each<[string, string | undefined, boolean]>([
    ['http://bücher.example/größe?é', undefined, true],
    ['http://example.org/', undefined, true],
    ['/', 'http://bücher.example/', true],
    ['/', undefined, false],
    ['http://a b/', undefined, false],
    // as UTF-8 these bytes would be a name
    ['http://a\u00e3\u0080\u0082b/', undefined, false],
  ])('says the same of %j beside %j however often it is asked', (text, base, expected) => {
    for (let asked = 0; asked < 20_000; asked++)
      if (canParseUrl(text, base) !== expected) throw new Error(`another answer after ${asked}`);
  });
});
