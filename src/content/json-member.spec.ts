import fc from 'fast-check';
import { jsonMember } from './json-member.js';
import { memberAt } from './json-pointer.js';

const found = (text: string, pointer: string): unknown => jsonMember(Buffer.from(text), pointer);

/** What `JSON.parse` and the pointer say, or that it is no JSON. */
function expected(text: string, pointer: string): unknown {
  try {
    return memberAt(JSON.parse(text), pointer);
  } catch {
    return 'no JSON';
  }
}

function got(text: string, pointer: string): unknown {
  try {
    return found(text, pointer);
  } catch {
    return 'no JSON';
  }
}

const key = fc.constantFrom('', 'a', 'b', '0', '1', 'a/b', '~', 'ä', '__proto__', 'length', '"\\');
const documents = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(fc.jsonValue({ maxDepth: 0 }), fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true })),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
})).value;
const pointers = fc
  .array(key, { maxLength: 3 })
  .map((keys) => keys.map((one) => `/${one.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''));

describe('jsonMember', () => {
  it('finds what JSON.parse and the pointer find', () => {
    fc.assert(
      fc.property(documents, pointers, fc.constantFrom(undefined, 1, '\t'), (document, pointer, indent) => {
        const text = JSON.stringify(document, undefined, indent);
        expect(found(text, pointer)).toEqual(expected(text, pointer));
      }),
      { numRuns: 500 },
    );
  });

  it('takes for JSON what JSON.parse takes for it, whatever became of the text', () => {
    const damage = fc.record({
      at: fc.nat(),
      cut: fc.nat(2),
      put: fc.constantFrom('', ...'"\\{}[]:,01-+.eE tfn\n\u0001u\''.split('')),
    });
    fc.assert(
      fc.property(
        documents,
        pointers,
        fc.array(damage, { minLength: 1, maxLength: 3 }),
        (document, pointer, damages) => {
          let text = JSON.stringify(document);
          for (const { at, cut, put } of damages) {
            const place = at % (text.length + 1);
            text = text.slice(0, place) + put + text.slice(place + cut);
          }
          expect(got(text, pointer)).toEqual(expected(text, pointer));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['the last of members with one name', '{"a":{"b":1},"a":{"c":2}}', '/a/b', undefined],
    ['a name that is written with escapes', '{"\\u0061":1}', '/a', 1],
    ['white space wherever it may be', ' { "a" : [ 1 , 2 ] } ', '/a/1', 2],
    ['a value that is a document', ' 7 ', '', 7],
    ['nothing at what is no pointer', '{"a":1}', 'a', undefined],
    [
      'what lies deeper than its stack is',
      `${'['.repeat(9_999)}1${']'.repeat(9_999)}`,
      '/0'.repeat(9_999),
      1,
    ],
  ])('finds %s', (_what, text, pointer, value) => expect(found(text, pointer)).toEqual(value));

  it.each([
    '',
    ' ',
    '{',
    '{"a":1',
    '{"a":1}x',
    '[1,]',
    '{"a":1,}',
    '01',
    '-',
    '1.',
    '.5',
    '1e',
    'nul',
    'nulls',
    "'a'",
    '"\n"',
    '"\\x"',
    '"\\u12g4"',
    '[1 2]',
    '{a:1}',
    '\ufeff{}',
  ])('takes %j for no JSON', (text) => expect(() => found(text, '/a')).toThrow());
});
