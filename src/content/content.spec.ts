import { gzipSync } from 'node:zlib';
import { Content, contentOf, type ReceivedBody } from './content.js';
import { memberAt } from './json-pointer.js';

async function contentFrom(bytes: Buffer | string, more: Partial<ReceivedBody> = {}, maxBytes = 65_536) {
  const content = await contentOf({ bytes: Buffer.from(bytes as string), isCut: false, ...more }, maxBytes);
  if (!(content instanceof Content)) throw new Error(content.fault);
  return content;
}

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const LONGER = 'the body is longer than the 2 bytes that are read';

describe('The content of a body', () => {
  it.each<[string, Buffer, string | undefined]>([
    ['nothing is said of', Buffer.from('größer'), undefined],
    ['a media type without parameters is said of', Buffer.from('größer'), 'text/plain'],
    ['a charset is said of', Buffer.from('größer', 'latin1'), 'text/plain; charset=ISO-8859-1'],
    ['a charset in quotes is said of', Buffer.from('größer', 'latin1'), 'text/plain; a=b; Charset="Latin1"'],
    ['a text about a charset is said of', Buffer.from('größer'), 'text/plain; a="; charset=latin1"'],
    ['UTF-16 is said of', utf16('größer'), 'text/plain;charset=utf-16le'],
    ['its own mark says to be UTF-16', utf16('\ufeffgrößer'), undefined],
    ['its own mark says to be the other UTF-16', utf16('\ufeffgrößer').swap16(), 'text/plain; charset=utf-8'],
    ['its own mark says to be UTF-8', Buffer.from('\ufeffgrößer'), 'text/plain; charset=latin1'],
  ])('that %s is read as the text that it is', async (_what, bytes, contentType) => {
    const content = await contentFrom(bytes, { contentType });
    expect(content.contains('größer')).toBeUndefined();
    expect(content.lacks('größer')).toBe('the body has the text that it must not have');
    expect(content.lacks('kleiner')).toBeUndefined();
    expect(content.contains('kleiner')).toBe('the body lacks the expected text');
  });

  it.each<[string, Buffer, string | undefined]>([
    ['UTF-8', Buffer.from('{"ä":"ö"}'), 'application/json'],
    ['UTF-8 with a mark', Buffer.from('\ufeff{"ä":"ö"}'), undefined],
    ['UTF-16', utf16('\ufeff{"ä":"ö"}'), undefined],
    ['Latin-1', Buffer.from('{"ä":"ö"}', 'latin1'), 'application/json; charset=iso-8859-1'],
  ])('is JSON also in %s', async (_what, bytes, contentType) => {
    expect((await contentFrom(bytes, { contentType })).hasMember('/ä', 'ö')).toBeUndefined();
  });

  it.each([
    ['a charset that nobody knows', 'UP', 'text/plain; charset=utf-7', 'utf-7'],
    ['UTF-32, by its mark', Buffer.from('fffe000055000000', 'hex'), undefined, 'utf-32le'],
  ])('in %s is nothing that could be judged', async (_what, bytes, contentType, name) => {
    const content = await contentOf({ bytes: Buffer.from(bytes as string), isCut: false, contentType }, 9);
    expect(content).toEqual({ fault: `is written in ${name}, a charset that cannot be decoded` });
  });

  it('is decoded from what it was encoded as for its transfer and for itself', async () => {
    const coded = { contentEncoding: 'gzip', transferEncoding: 'gzip' };
    const content = await contentFrom(gzipSync(gzipSync('all is UP')), coded);
    expect(content.contains('is UP')).toBeUndefined();
    expect(
      await contentOf({ bytes: Buffer.from('UP'), isCut: false, contentEncoding: 'pack200-gzip' }, 9),
    ).toEqual({ fault: 'is encoded as pack200-gzip, which cannot be decoded' });
  });

  it('counts its bytes when they are decoded', async () => {
    const body = { contentEncoding: 'gzip' };
    const whole = await contentFrom(gzipSync('a'.repeat(2_000)), body, 2_000);
    expect(whole.lacks('b')).toBeUndefined();
    const cut = await contentFrom(gzipSync('a'.repeat(2_001)), body, 2_000);
    expect(cut.lacks('b')).toContain('longer than the 2000 bytes that are read');
  });
});

it('A member that is not as expected is shown, never with half of a character at its end', async () => {
  for (const letters of [0, 1, 2]) {
    const content = await contentFrom(JSON.stringify({ a: 'a'.repeat(letters) + '😀'.repeat(99) }));
    const fault = content.hasMember('/a', 'UP') as string;
    expect(fault).toMatch(/^"\/a" of the body is "a*(😀)+, expected "UP"$/u);
    expect(JSON.stringify(fault)).not.toMatch(/\\ud8/);
  }
});

describe('A condition on a body that was cut', () => {
  it.each([
    ['is met by a text that is in what was read', (content: Content) => content.contains('ok'), undefined],
    [
      'is not met by a text that may follow',
      (content: Content) => content.contains('UP'),
      `${LONGER}, and they lack the expected text`,
    ],
    [
      'is not met by the absence of a text that may follow',
      (content: Content) => content.lacks('DOWN'),
      `${LONGER}, so the text that it must not have may follow`,
    ],
    [
      'says that a text is there that must not be, if it is',
      (content: Content) => content.lacks('ok'),
      'the body has the text that it must not have',
    ],
    [
      'is not met by JSON, however it goes on',
      (content: Content) => content.hasMember('/a', 1),
      `${LONGER}, too long to be read as JSON`,
    ],
  ])('%s', async (_what, judge, fault) => {
    for (const body of [
      { bytes: 'okay', isCut: false },
      { bytes: 'ok', isCut: true },
    ])
      expect(judge(await contentFrom(body.bytes, { isCut: body.isCut }, 2))).toBe(fault);
  });
});

describe('A text that a body must not have', () => {
  const latin1 = Buffer.from('Störung', 'latin1');

  it('may be there where a byte of the body cannot be read', async () => {
    const content = await contentFrom(latin1);
    expect(content.lacks('Störung')).toBe(
      'the body is not valid utf-8, so it may have the text that it must not have',
    );
    expect(content.lacks('Panne')).toBeUndefined();
    const odd = await contentFrom(utf16('fine').subarray(0, 7), {
      contentType: 'text/plain; charset=utf-16le',
    });
    expect(odd.lacks('x')).toContain('not valid utf-16le');
  });
});

describe('A member of a JSON body', () => {
  it.each<[string, string, string | number | boolean | null]>([
    ['{"status":"UP"}', '/status', 'UP'],
    ['{"a":[{"b/c":{"~":0}}]}', '/a/0/b~1c/~0', 0],
    ['{"a":null}', '/a', null],
    ['true', '', true],
    ['{"a":1,"a":2}', '/a', 2],
  ])('%s has at %j %j', async (body, pointer, value) => {
    expect((await contentFrom(body)).hasMember(pointer, value)).toBeUndefined();
  });

  it.each<[string, string, string | number | null, string]>([
    ['not json', '/a', 1, 'the body is not JSON'],
    ['', '/a', 1, 'the body is not JSON'],
    ['{"a":1} ', '/b', 1, 'the body has no member "/b"'],
    ['{"a":1}', '/a', '1', '"/a" of the body is 1, expected "1"'],
    ['{"a":{}}', '/a', null, '"/a" of the body is {}, expected null'],
    ['{}', '/constructor', null, 'the body has no member "/constructor"'],
    [`{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, '/a', 1, '"/a" of the body is a list, expected 1'],
  ])('%.40s does not have at %j %j', async (body, pointer, value, fault) => {
    expect((await contentFrom(body)).hasMember(pointer, value)).toBe(fault);
  });
});

describe('memberAt', () => {
  const document = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'm~n': 8, 'k"l': 6, ' ': 7 };

  // the examples of RFC 6901 section 5
  it.each([
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/m~0n', 8],
    ['/k"l', 6],
    ['/ ', 7],
    ['foo', undefined],
    ['/foo/2', undefined],
    ['/foo/00', undefined],
    ['/foo/length', undefined],
    ['/foo/0/0', undefined],
    ['/__proto__', undefined],
  ])('%j', (pointer, member) => expect(memberAt(document, pointer)).toEqual(member));
});
