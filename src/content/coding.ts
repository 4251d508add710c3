import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  type ZlibOptions,
} from 'node:zlib';
import * as zlib from 'node:zlib';
import { Semaphore } from './semaphore.js';

/** More codings in a row are not undone: each may multiply what the one before gave. */
export const MAX_CODINGS = 5;

/** What is left of a body when a coding is undone; a sentence about the body if that cannot be done. */
export type Decoded = { readonly bytes: Buffer; readonly isCut: boolean } | { readonly fault: string };

type Decoder = ReturnType<typeof createGunzip>;
type Create = (options: ZlibOptions & { readonly params?: object }) => Decoder;

/** In Node.js since 22.15 and 23.8; the types of an older one do not know it. */
const { createZstdDecompress } = zlib as { createZstdDecompress?: Create };
const { ZSTD_d_windowLogMax = 100 } = constants as { ZSTD_d_windowLogMax?: number };

/** More are not undone at a time in this process: each holds what it has made so far. */
const MAX_AT_A_TIME = 8;

/** A decoder of zstd needs memory for the whole window: RFC 9659 section 3 allows this one, of 8 MiB, and no larger. */
const ZSTD_WINDOW_LOG = 23;

interface Coding {
  readonly create: Create | undefined;
  /** How the decoder gives what it has when its input ends too early. */
  readonly flush: number;
}

const gzip: Coding = { create: createGunzip, flush: constants.Z_SYNC_FLUSH };
const CODINGS: Readonly<Record<string, Coding>> = {
  gzip,
  'x-gzip': gzip,
  deflate: { create: createInflate, flush: constants.Z_SYNC_FLUSH },
  br: {
    create: ({ finishFlush }) =>
      createBrotliDecompress({ ...(finishFlush !== undefined && { finishFlush }) }) as Decoder,
    flush: constants.BROTLI_OPERATION_FLUSH,
  },
  // ZSTD_e_flush
  zstd: {
    create:
      createZstdDecompress &&
      ((options) => createZstdDecompress({ ...options, params: { [ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } })),
    flush: 1,
  },
};

const decoders = new Semaphore(MAX_AT_A_TIME);

/**
 * The codings that a field names (`Content-Encoding`, RFC 9110 section 8.4; `Transfer-Encoding`, RFC 9112 section 7),
 * in lower case and in the order in which they were applied, without `identity` and what a list may have of nothing.
 */
export function codingsIn(field: string): readonly string[] {
  return field
    .split(',')
    .map((coding) => coding.replace(/;.*/s, '').trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
}

/**
 * Undoes codings, the last one first. Of each no more than `maxBytes` of its result are made, so a small body cannot
 * unpack to a large one, and many at a time take turns; of a result that is longer, or whose input was cut, the
 * beginning is given. An empty body is empty in every coding, as servers send it.
 */
export async function decode(
  bytes: Buffer,
  isCut: boolean,
  codings: readonly string[],
  maxBytes: number,
): Promise<Decoded> {
  if (codings.length > MAX_CODINGS)
    return { fault: `is encoded ${codings.length} times, at most ${MAX_CODINGS} are undone` };
  let decoded = { bytes, isCut };
  for (const name of codings.toReversed()) {
    if (decoded.bytes.length === 0) break;
    const coding = Object.hasOwn(CODINGS, name) ? (CODINGS[name] as Coding) : undefined;
    if (!coding?.create)
      return {
        fault: `is encoded as ${name.slice(0, 32)}, which cannot be decoded${coding ? ' by this version of Node.js' : ''}`,
      };
    const create =
      coding.create === createInflate && !hasZlibHeader(decoded.bytes) ? createInflateRaw : coding.create;
    try {
      const { flush } = coding;
      const input = decoded;
      decoded = await decoders.run(() => unpacked(create, flush, input, maxBytes));
    } catch {
      return { fault: `is not valid ${name}, as which it is encoded` };
    }
  }
  return decoded;
}

function unpacked(
  create: Create,
  flush: number,
  { bytes, isCut }: { readonly bytes: Buffer; readonly isCut: boolean },
  maxBytes: number,
): Promise<{ bytes: Buffer; isCut: boolean }> {
  return new Promise((resolve, reject) => {
    const decoder = create(isCut ? { finishFlush: flush } : {});
    const parts: Buffer[] = [];
    let size = 0;
    decoder.on('error', reject);
    // whatever happens, others wait for their turn
    decoder.on('close', () => reject(new Error('the decoder was closed')));
    decoder.on('data', (part: Buffer) => {
      parts.push(part);
      size += part.length;
      if (size <= maxBytes) return;
      decoder.destroy();
      resolve({ bytes: Buffer.concat(parts).subarray(0, maxBytes), isCut: true });
    });
    decoder.on('end', () => resolve({ bytes: Buffer.concat(parts), isCut }));
    decoder.end(bytes);
  });
}

/** "deflate" is zlib's format (RFC 9110 section 8.4.1.2); some servers send bare deflate (RFC 1951). */
function hasZlibHeader(bytes: Buffer): boolean {
  if (((bytes[0] as number) & 0x0f) !== 8) return false;
  return bytes.length < 2 || bytes.readUInt16BE(0) % 31 === 0;
}
