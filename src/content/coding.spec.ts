import fc from 'fast-check';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import * as zlib from 'node:zlib';
import { codingsIn, decode } from './coding.js';

const { zstdCompressSync } = zlib as { zstdCompressSync?: (bytes: Buffer) => Buffer };

const CODERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  ...(zstdCompressSync && { zstd: zstdCompressSync }),
};
const MAX = 1_000_000;

const textOf = (decoded: Awaited<ReturnType<typeof decode>>): string =>
  'fault' in decoded ? decoded.fault : `${decoded.isCut ? 'cut ' : ''}${decoded.bytes.toString()}`;

describe('decode', () => {
  it('undoes whatever was done, in whatever order', async () => {
    const codings = fc.array(fc.constantFrom(...Object.keys(CODERS)), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 5_000 }), codings, async (given, names) => {
        const content = Buffer.from(given);
        const coded = names.reduce<Buffer>(
          (bytes, name) => (CODERS[name] as (typeof CODERS)[string])(bytes),
          content,
        );
        expect(await decode(coded, false, names, MAX)).toEqual({ bytes: content, isCut: false });
      }),
      { numRuns: 100 },
    );
  });

  it('takes deflate with the header of zlib and without', async () => {
    const content = Buffer.from('all is UP');
    for (const coded of [deflateSync(content), deflateRawSync(content)])
      expect(textOf(await decode(coded, false, ['deflate'], MAX))).toBe('all is UP');
  });

  it('takes a body of several gzip members, and no body at all', async () => {
    const members = Buffer.concat([gzipSync('all '), gzipSync('is UP')]);
    expect(textOf(await decode(members, false, ['gzip'], MAX))).toBe('all is UP');
    expect(textOf(await decode(Buffer.alloc(0), false, ['gzip', 'br'], MAX))).toBe('');
  });

  it.each(Object.keys(CODERS))('makes no more of a small body in %s than it may', async (name) => {
    const bomb = (CODERS[name] as (typeof CODERS)[string])(Buffer.alloc(50_000_000, 'a'));
    const decoded = await decode(bomb, false, [name, name, name].slice(0, 1), 10_000);
    expect(decoded).toEqual({ bytes: Buffer.alloc(10_000, 'a'), isCut: true });
  });

  it('makes no more than that of one coding inside another', async () => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(100_000_000)));
    expect(await decode(bomb, false, ['gzip', 'gzip'], 10_000)).toMatchObject({ isCut: true });
  });

  it.each(['gzip', 'deflate', 'br'])(
    'gives the beginning of a body in %s whose end was not read',
    async (name) => {
      const noise = Buffer.from(Array.from({ length: 20_000 }, (_, at) => (at * 7_919 * at) % 251));
      const coded = (CODERS[name] as (typeof CODERS)[string])(noise);
      const decoded = await decode(coded.subarray(0, coded.length / 2), true, [name], MAX);
      if ('fault' in decoded) throw new Error(decoded.fault);
      expect(decoded.isCut).toBe(true);
      expect(noise.subarray(0, decoded.bytes.length).equals(decoded.bytes)).toBe(true);
    },
  );

  it.each([
    ['no gzip at all', 'gzip'],
    ['no deflate', 'deflate'],
    ['no brotli', 'br'],
  ])('names the coding of %s', async (text, name) => {
    const fault = `is not valid ${name}, as which it is encoded`;
    expect(textOf(await decode(Buffer.from(text), false, [name], MAX))).toBe(fault);
    // complete as it was sent, but it is not
    const half = (CODERS[name] as (typeof CODERS)[string])(Buffer.from(text.repeat(9))).subarray(0, -4);
    expect(textOf(await decode(half, false, [name], MAX))).toBe(fault);
  });

  it('is not ended by one body that is no gzip, nor by many at once', async () => {
    const bodies = Array.from({ length: 40 }, (_, at) => (at % 3 ? gzipSync(`${at}`) : Buffer.from('none')));
    const decoded = await Promise.all(bodies.map((body) => decode(body, false, ['gzip'], MAX)));
    const fault = 'is not valid gzip, as which it is encoded';
    expect(decoded.map(textOf)).toEqual(bodies.map((_, at) => (at % 3 ? `${at}` : fault)));
  });

  it('comes to an end, and makes no more than it may, whatever became of a body on its way', async () => {
    const noise = fc.uint8Array({ maxLength: 40 });
    const body = fc.record({
      name: fc.constantFrom(...Object.keys(CODERS)),
      content: fc.string({ maxLength: 2_000 }),
      at: fc.nat(),
      put: noise,
      tail: noise,
      isCut: fc.boolean(),
      max: fc.integer({ min: 1, max: 3_000 }),
    });
    await fc.assert(
      fc.asyncProperty(body, async ({ name, content, at, put, tail, isCut, max }) => {
        const coded = (CODERS[name] as (typeof CODERS)[string])(Buffer.from(content));
        Buffer.from(put).copy(coded, at % coded.length);
        const decoded = await decode(Buffer.concat([coded, tail]), isCut, [name, name].slice(at % 2), max);
        if (!('fault' in decoded)) expect(decoded.bytes.length).toBeLessThanOrEqual(max);
      }),
      { numRuns: 300 },
    );
  });

  const ifZstd = zstdCompressSync ? it : it.skip;
  ifZstd('takes no zstd whose window needs more memory than HTTP allows', async () => {
    // magic number, a frame without a size, a window of 16 MiB, one last raw block of one byte: RFC 8878 section 3.1.1
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x70, 0x09, 0x00, 0x00, 0x61]);
    expect(textOf(await decode(frame, false, ['zstd'], MAX))).toContain('is not valid zstd');
    frame[5] = 0x68;
    expect(textOf(await decode(frame, false, ['zstd'], MAX))).toBe('a');
  });

  it('names a coding that it does not know, and refuses too many', async () => {
    const body = Buffer.from('x');
    const unknown = await decode(body, false, ['compress'], MAX);
    expect(textOf(unknown)).toBe('is encoded as compress, which cannot be decoded');
    expect(textOf(await decode(body, false, ['constructor'], MAX))).toContain('is encoded as constructor');
    const many = await decode(
      body,
      false,
      Array.from({ length: 6 }, () => 'gzip'),
      MAX,
    );
    expect(textOf(many)).toBe('is encoded 6 times, at most 5 are undone');
    if (zstdCompressSync) return;
    const zstd = await decode(body, false, ['zstd'], MAX);
    expect(textOf(zstd)).toBe('is encoded as zstd, which cannot be decoded by this version of Node.js');
  });
});

describe('codingsIn', () => {
  it.each([
    ['', []],
    ['identity', []],
    ['GZip', ['gzip']],
    ['gzip,br', ['gzip', 'br']],
    [' , gzip ,, br;q=1 ,', ['gzip', 'br']],
  ])('%j', (field, codings) => expect(codingsIn(field)).toEqual(codings));
});
