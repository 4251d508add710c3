import fc from 'fast-check';
import { VitalsError } from '../errors.js';
import { findSyntaxFault } from './json-syntax.js';
import { assertMembers, parseJson, readJson } from './index.js';

function refusalOf(read: () => unknown): VitalsError {
  try {
    read();
  } catch (error) {
    if (error instanceof VitalsError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('A JSON document', () => {
  it.each([
    ['an object', '{"a":1}', { a: 1 }],
    ['a byte order mark before it', '\ufeff{"a":1}', { a: 1 }],
    ['whitespace around it', ' \r\n\t{ "a" : 1 } \n', { a: 1 }],
    ['colons and quotes within texts', '{"a":"b:\\"c:\\\\","d:e":"::"}', { a: 'b:"c:\\', 'd:e': '::' }],
    ['the same name in two objects', '[{"a":1},{"a":{"a":2}}]', [{ a: 1 }, { a: { a: 2 } }]],
    ['names of other members of Object.prototype', '{"toString":1,"valueOf":2}', { toString: 1, valueOf: 2 }],
    ['a replacement character', '"\ufffd"', '\ufffd'],
    ['a surrogate pair in escapes', '"\\ud83d\\ude00"', '😀'],
    ['32 levels', `${'['.repeat(32)}${']'.repeat(32)}`, JSON.parse(`${'['.repeat(32)}${']'.repeat(32)}`)],
    ['the largest number', '[-1.7976931348623157e308]', [-Number.MAX_VALUE]],
    ['a number that is next to nothing', '[1e-999]', [0]],
    ['null', 'null', null],
  ])('may have %s', (_what, text, value) => {
    expect(readJson(text)).toEqual(value);
    expect(readJson(Buffer.from(text))).toEqual(value);
  });

  it.each([
    ['nothing', '', 'the body is empty; send JSON'],
    ['a byte order mark alone', '\ufeff', 'the body is empty; send JSON'],
    ['whitespace alone', ' \n ', 'line 2, column 2: expected a value, but the text ends'],
    [
      'a trailing comma',
      '{"a":1,}',
      'line 1, column 8: expected a member name in double quotes, but there is "}"',
    ],
    ['a trailing comma in a list', '[1,]', 'line 1, column 4: expected a value, but there is "]"'],
    ['a comment', '{} // fine', 'line 1, column 4: expected the end of the text, but there is "/"'],
    [
      'single quotes',
      "{'a':1}",
      'line 1, column 2: expected a member name in double quotes or "}", but there is "\'"',
    ],
    ['two documents', '{}{}', 'line 1, column 3: expected the end of the text, but there is "{"'],
    ['no colon', '{\n  "a" 1}', 'line 2, column 7: expected ":", but there is "1"'],
    [
      'no comma',
      '{\n "a": {"b": [1 2]}}',
      'line 2, column 16 in /a/b: expected a comma or the closing bracket, but there is "2"',
    ],
    ['another bracket', '[1}', 'line 1, column 3: expected a comma or the closing bracket, but there is "}"'],
    ['NaN', '{"a":NaN}', 'line 1, column 6: expected a value, but there is "N"'],
    ['a number with a leading zero', '[012]', 'line 1, column 2: expected a value or "]", but there is "0"'],
    [
      'a word that only begins well',
      '[trueish]',
      'line 1, column 2: expected a value or "]", but there is "t"',
    ],
    ['no end', '{"a":[', 'line 1, column 7 in /a: expected a value or "]", but the text ends'],
    ['a text without an end', '{"a":"b', 'line 1, column 6: a string is not closed'],
    [
      'an unknown escape',
      '"\\x41"',
      'line 1, column 2: a backslash in a string must begin an escape such as \\n or \\u00e9',
    ],
    [
      'a line break in a text',
      '"a\nb"',
      'line 1, column 3: a string must not contain U+000A as it is; write it as an escape',
    ],
    [
      'a no-break space',
      '{\u00a0}',
      'line 1, column 2: expected a member name in double quotes or "}", but there is U+00A0',
    ],
    ['a second byte order mark', '\ufeff\ufeff{}', 'line 1, column 1: expected a value, but there is U+FEFF'],
    [
      'a name twice',
      '{"a":1,\n "b":2,\n "a":3}',
      'line 3, column 2: the member "a" is there twice (first at line 1, column 2); keep one',
    ],
    [
      'a name twice, once with an escape',
      '{"a":{"b":1,"\\u0062":3}}',
      'line 1, column 13 in /a: the member "b" is there twice',
    ],
    [
      'a name around it that no text may have',
      '{"\\u0000":[1 2]}',
      'line 1, column 14 in /U+0000: expected a comma',
    ],
    [
      'a long name twice',
      `{"${'a'.repeat(63)}😀":1,"${'a'.repeat(63)}😀":2}`,
      `the member "${'a'.repeat(63)}…" is there twice`,
    ],
    ['a reserved name twice', '{"__proto__":1,"__proto__":2}', 'the member "__proto__" is there twice'],
    [
      'a name twice beside a number that overflows',
      '{"a":1e999,"b":1,"b":2}',
      'line 1, column 18: the member "b" is there twice',
    ],
    [
      'a name twice behind too many levels',
      `[${'['.repeat(40)}{"a":"]"}${']'.repeat(40)},{"a":1,"a":2}]`,
      'line 1, column 99 in /1: the member "a" is there twice',
    ],
    [
      'an end below too many lists',
      '['.repeat(1_048_576),
      'column 33 in /0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0: must not be nested deeper than 32 levels',
    ],
    ['an end below too many objects', '{"a":'.repeat(209_715), 'must not be nested deeper than 32 levels'],
  ])('with %s is malformed, and the place is named', (_what, text, message) => {
    const refusal = refusalOf(() => readJson(text));
    expect([refusal.code, refusal.message]).toEqual(['request-malformed', expect.stringContaining(message)]);
    expect(refusalOf(() => readJson(Buffer.from(text))).message).toBe(refusal.message);
  });

  it('that is not UTF-8 is malformed', () => {
    for (const bytes of [
      [0x22, 0xc3, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0xff, 0xfe, 0x22, 0],
    ])
      expect(refusalOf(() => readJson(Buffer.from(bytes), 'the file')).message).toBe(
        'the file is not valid UTF-8; send JSON in UTF-8',
      );
  });

  it.each([
    ['U+0000', '{"labels":{"zone":"a\\u0000"}}', '/labels/zone', 'must not contain U+0000'],
    [
      'half of a pair',
      '{"a":["b","\\uD800"]}',
      '/a/1',
      'must not contain U+D800, which is half of a surrogate pair',
    ],
    [
      'the wrong half first',
      '"\\ude00\\ud83d"',
      '',
      'must not contain U+DE00, which is half of a surrogate pair',
    ],
    [
      'U+0000 in a name',
      '{"a":{"b\\u0000":1}}',
      '/a/bU+0000',
      'is not a valid member name: it contains U+0000',
    ],
    [
      'half of a pair in a name',
      '{"\\ud800":{"__proto__":1}}',
      '/U+D800',
      'is not a valid member name: it contains U+D800, which is half of a surrogate pair',
    ],
    [
      'a long name',
      JSON.stringify({ ['/'.repeat(1_000_000)]: '\0' }),
      `/${'~1'.repeat(64)}…`,
      'must not contain U+0000',
    ],
    ['a prototype', '{"a":{"__proto__":{"b":1}}}', '/a/__proto__', 'is not a valid member name; use another'],
    [
      'a prototype in escapes',
      '{"\\u005f_proto__":1}',
      '/__proto__',
      'is not a valid member name; use another',
    ],
    [
      'a constructor',
      '{"constructor":{"prototype":{}}}',
      '/constructor',
      'is not a valid member name; use another',
    ],
    [
      'a number that overflows',
      '{"a":[1,{"b":-1e999}]}',
      '/a/1/b',
      'must not be beyond 1.7976931348623157e+308',
    ],
    ['a number that overflows in a list', '[0,1e309]', '/1', 'must not be beyond 1.7976931348623157e+308'],
    [
      'nothing but a number that overflows',
      `${'9'.repeat(400)}`,
      '',
      'must not be beyond 1.7976931348623157e+308',
    ],
    [
      '33 levels',
      `${'['.repeat(33)}${']'.repeat(33)}`,
      '/0'.repeat(32),
      'must not be nested deeper than 32 levels',
    ],
    [
      'a name twice below 32 levels',
      `${'['.repeat(32)}{"a":1,"a":2}${']'.repeat(32)}`,
      '/0'.repeat(32),
      'must not be nested deeper than 32 levels',
    ],
    [
      '30,000 levels',
      `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
      '/0'.repeat(32),
      'must not be nested deeper than 32 levels',
    ],
  ])('with %s is invalid, and the member is named', (_what, text, pointer, detail) => {
    const refusal = refusalOf(() => readJson(text, 'the message'));
    expect(refusal).toMatchObject({ code: 'request-invalid', faults: [{ pointer, detail }] });
    expect(refusal.message).toBe(`${pointer || 'the message'}: ${detail}`);
    const { value, isSuspect } = parseJson(text);
    expect(isSuspect).toBe(true);
    expect(() => assertMembers(value)).toThrow(VitalsError);
  });

  it('leaves the prototype of everything alone', () => {
    const { value } = parseJson('{"__proto__":{"polluted":true}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it('says no more of a text than one character and the names around it', () => {
    const { message } = refusalOf(() => readJson('{"token":"hunter2" "other":"hunter3"}'));
    expect(message).not.toContain('hunter');
  });

  it('with many faults names some of them', () => {
    const refusal = refusalOf(() => readJson(JSON.stringify(Array.from({ length: 1_000 }, () => '\0'))));
    expect(refusal.faults).toHaveLength(20);
  });
});

describe('The laws of reading', () => {
  const name = fc.oneof(fc.constantFrom('a', 'b', 'a:b', '"', '\\', '', '1', 'toString'), fc.string());
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.oneof(
        fc.string(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
      ),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).value;

  it('what JSON.stringify writes is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(parseJson(text).value).toEqual(JSON.parse(text));
        expect(findSyntaxFault(text)).toBeUndefined();
      }),
    );
  });

  it('what JSON.parse refuses is refused with a place, and nothing else is but names that are there twice', () => {
    const part = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"',
      '\\',
      'a',
      '"a"',
      '1',
      '-',
      '.',
      'e',
      'null',
      ' ',
      '\n',
      '\\u00',
      '\u2028',
    );
    const broken = fc.oneof(
      fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
      fc.tuple(json, fc.nat(), part).map(([value, at, put]) => {
        const text = JSON.stringify(value);
        const place = at % (text.length + 1);
        return text.slice(0, place) + put + text.slice(place + (at % 3));
      }),
    );
    fc.assert(
      fc.property(broken, (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        const fault = findSyntaxFault(text);
        if (!isJson) expect(fault).toBeDefined();
        else if (fault) expect(fault.detail).toContain('is there twice');
      }),
      { numRuns: 2_000 },
    );
  });

  it('a name that is there twice is found wherever it is', () => {
    fc.assert(
      fc.property(json, name, json, (before, twice, after) => {
        const member = `${JSON.stringify(twice)}:`;
        const text = `[${JSON.stringify(before)},{${member}1,"":0,${member}2},${JSON.stringify(after)}]`;
        expect(refusalOf(() => parseJson(text)).message).toContain('is there twice');
      }),
    );
  });
});
