import { describeFaults, MAX_FILE_BYTES, readDeclarationsFile } from './declarations.file.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** All faults as they are told, under the name `f`. */
function faultsOf(text: string | Uint8Array): string[] {
  return describeFaults('f', readDeclarationsFile(typeof text === 'string' ? bytesOf(text) : text).faults);
}

/** Each level stands for ten of the one before. */
function laughs(levels: number): string {
  const lines = ['a0: &a0 [ha]'];
  for (let level = 1; level <= levels; level++) {
    lines.push(
      `a${level}: &a${level} [${Array<string>(10)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  }
  return lines.join('\n');
}

describe('A file of declarations', () => {
  it.each([
    ['block style', 'checks:\n  - id: a\n    labels: { team: x }\n'],
    ['JSON with tabs', '{\n\t"checks": [\n\t\t{ "id": "a", "labels": { "team": "x" } }\n\t]\n}\n'],
    ['a byte order mark and CRLF', '\ufeffchecks:\r\n  - id: a\r\n    labels:\r\n      team: x\r\n'],
    ['an alias', 'checks:\n  - &one\n    id: a\n    labels: { team: x }\n'],
    ['tags that say what is so anyway', 'checks: !!seq\n  - id: !!str a\n    labels: { team: x }\n'],
  ])('is read in %s', (_what, text) => {
    const { value, faults } = readDeclarationsFile(bytesOf(text));
    expect(faults).toEqual([]);
    expect(value).toEqual({ checks: [{ id: 'a', labels: { team: 'x' } }] });
  });

  it('has aliases, the same value each time, of the last anchor before', () => {
    const { value } = readDeclarationsFile(bytesOf('a: &x 1\nb: &y [*x]\nc: &x 2\nd: *y\ne: *x\n'));
    expect(value).toEqual({ a: 1, b: [1], c: 2, d: [1], e: 2 });
  });

  it('takes a thousand uses of one alias', () => {
    const text = `l: &l { team: x }\nchecks:\n${'  - labels: *l\n'.repeat(1_000)}`;
    expect(faultsOf(text)).toEqual([]);
  });

  it('changes no prototype', () => {
    expect(faultsOf('__proto__: { polluted: 1 }\n')).toHaveLength(1);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each([
    ['a syntax error', 'checks:\n  - id: [a\n', /^f:3:1: cannot be read as YAML: /],
    ['a tab that indents', 'checks:\n\t- id: a\n', /^f:2:1: cannot be read as YAML: Tabs/],
    [
      'a member that is there twice',
      'checks: []\nproviders: []\nchecks: []\n',
      /^f:3:1: "checks" is there twice/,
    ],
    ['a member twice within', 'checks:\n  - id: a\n    id: b\n', /^f:3:5: "id" is there twice/],
    ['two documents', 'checks: []\n---\nchecks: []\n', /^f:[23]:\d+: begins another document/],
    ['a tag of its own', 'checks:\n  - !env TOKEN\n', /^f:2:5: /],
    ['binary data', 'checks: !!binary aGk=\n', /^f:1:\d+: has the tag tag:yaml.org,2002:binary/],
    ['an unknown alias', 'checks: *nope\n', /^f:1:9: \*nope stands for nothing before it/],
    ['an alias of itself', 'checks: &x [*x]\n', /^f:1:13: \*x lies within what it stands for/],
    ['a key that is a list', '? [a]\n: 1\n', /^f:1:3: cannot be read as YAML: .*strings/],
    ['a number that JSON lacks', 'checks:\n  - { a: .inf }\n', /^f:2:10: is not a number/],
    ['nothing', '', /^f: is empty, .* write "checks: \[\]"$/],
    ['only a comment', '# later\n', /^f: is empty/],
    ['a control character', 'checks: []\nb: \u0000\n', /^f:2:4: holds the character U\+0000/],
    ['U+0000 as an escape', 'checks:\n  - id: "a\\0"\n', /^f:2:9: must not contain U\+0000$/],
    ['half of a pair', 'checks:\n  - id: "a\\ud800"\n', /^f:2:9: must not contain U\+D800, which is half/],
    [
      'U+0000 in a name',
      'checks:\n  - "a\\0": 1\n',
      /^f:2:5: "a\\u0000" is not a valid member name: it contains U\+0000$/,
    ],
    [
      'a prototype',
      'checks:\n  - __proto__: 1\n',
      /^f:2:5: "__proto__" is not a valid member name; use another$/,
    ],
    ['a constructor', 'constructor: 1\n', /^f:1:1: "constructor" is not a valid member name; use another$/],
    ['a billion laughs', laughs(9), /^f:7:\d+: holds more than 1000000 values when its aliases/],
  ])('is refused with %s', (_what, text, expected) => {
    expect(faultsOf(text)[0]).toMatch(expected);
  });

  it.each([
    ['lists', '['],
    ['objects', '{a: '],
    ['blocks', '- '],
    ['keys', '? '],
  ])('is refused when %s are nested without end', (_what, open) => {
    expect(faultsOf(open.repeat(50_000))[0]).toMatch(/^f:1:\d+: is nested too deep here/);
  });

  it('is refused when aliases nest it without end', () => {
    const lines = [
      'a0: &a0 []',
      ...Array.from({ length: 300 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}]`),
    ];
    expect(faultsOf(lines.join('\n'))[0]).toContain('is nested deeper than 200 levels when its aliases');
  });

  it('is refused when it is no text, or too large', () => {
    expect(faultsOf(Uint8Array.of(0xff, 0xfe, 0x61, 0x00))).toEqual([
      'f: is not UTF-8 text; save it as UTF-8',
    ]);
    expect(faultsOf(new Uint8Array(10 * 1024 * 1024))).toEqual(['f: is larger than 1 MiB']);
    expect(faultsOf(new Uint8Array(MAX_FILE_BYTES).fill(0x61)).every((fault) => !fault.includes('MiB'))).toBe(
      true,
    );
  });

  it('looks for keys that are there twice in one go, however many there are', () => {
    const keys = Array.from({ length: 20_000 }, (_, at) => `k${at}: 1`);
    expect(faultsOf(`labels:\n  ${keys.join('\n  ')}\n`)).toEqual([]);
  });

  it('knows where a member is, or what holds it', () => {
    const text = '# ours\nchecks:\n  - id: a\n    http:\n      url: x\n  - &b\n    id: b\n  - *b\n';
    const file = readDeclarationsFile(bytesOf(text));
    const places = [
      '/checks',
      '/checks/0/http/url',
      '/checks/0/interval',
      '/checks/1',
      '/checks/2/id',
      '/nope',
      '',
    ].map((pointer) => file.locate([{ pointer, detail: '' }])[0]?.position);
    expect(places.map((place) => `${place?.line}:${place?.column}`)).toEqual([
      '2:1',
      '5:7',
      '3:5',
      '7:5',
      '8:5',
      '2:1',
      '2:1',
    ]);
  });
});
