import { cut } from '../cut.js';
import { isUtf8 } from 'node:buffer';
import { type Charset, charsetOf } from './charset.js';
import { codingsIn, decode } from './coding.js';
import { jsonMember } from './json-member.js';

/** How much of a body is read where nothing else is asked for, in bytes of its content. */
export const DEFAULT_MAX_BODY_BYTES = 65_536;
/** The least and the most that may be asked for. */
export const MIN_MAX_BODY_BYTES = 1_024;
export const MAX_MAX_BODY_BYTES = 1_048_576;

/** What came of a body, as it was sent, and the fields that say how it is to be read. */
export interface ReceivedBody {
  readonly bytes: Buffer;
  /** Whether there was more. */
  readonly isCut: boolean;
  /** `Transfer-Encoding` but for its `chunked`, which is undone already. */
  readonly transferEncoding?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly contentType?: string | undefined;
}

/** A body of which nothing can be said but why, in words that follow "the body". */
export interface UnreadableBody {
  readonly fault: string;
}

/**
 * How many bytes of a body have to be received, so that `maxBytes` of its content can be read: a coding may make what
 * cannot be compressed a little longer.
 */
export function maxReceivedBytes(maxBytes: number, isEncoded: boolean): number {
  return isEncoded ? maxBytes + Math.ceil(maxBytes / 8) + 1_024 : maxBytes;
}

/**
 * The content of a body: codings of transfer and content are undone (RFC 9110 section 8.4), at most `maxBytes` of it
 * are kept, and its charset is known.
 */
export async function contentOf(body: ReceivedBody, maxBytes: number): Promise<Content | UnreadableBody> {
  const { contentEncoding = '', transferEncoding = '', contentType } = body;
  let { bytes, isCut } = body;
  if (contentEncoding !== '' || transferEncoding !== '') {
    const codings = [...codingsIn(contentEncoding), ...codingsIn(transferEncoding)];
    const decoded = await decode(bytes, isCut, codings, maxReceivedBytes(maxBytes, codings.length > 0));
    if ('fault' in decoded) return decoded;
    ({ bytes, isCut } = decoded);
  }
  const charset = charsetOf(bytes, contentType);
  if (!charset.decoder) return { fault: `is written in ${charset.name}, a charset that cannot be decoded` };
  return new Content(bytes.subarray(0, maxBytes), isCut || bytes.length > maxBytes, charset);
}

/**
 * What a body says, and whether that meets a condition. What was not read completely meets no condition that speaks of
 * all of it. Each of the methods gives `undefined` where the condition is met, otherwise why it is not, in words that
 * follow "but".
 */
export class Content {
  private text: string | undefined;

  constructor(
    private readonly bytes: Buffer,
    private readonly isCut: boolean,
    private readonly charset: Charset,
  ) {}

  /** A text is somewhere in it. */
  contains(sought: string): string | undefined {
    if (this.has(sought)) return undefined;
    return this.isCut
      ? `${this.longer}, and they lack the expected text`
      : 'the body lacks the expected text';
  }

  /** A text is nowhere in it. */
  lacks(sought: string): string | undefined {
    if (this.has(sought)) return 'the body has the text that it must not have';
    if (this.isCut) return `${this.longer}, so the text that it must not have may follow`;
    // where a byte could not be read, it may have been a part of the text
    if (this.isWellFormed(sought)) return undefined;
    return `the body is not valid ${this.charset.name}, so it may have the text that it must not have`;
  }

  /** It is a JSON document whose member at `pointer` (RFC 6901) equals `value`. */
  hasMember(pointer: string, value: string | number | boolean | null): string | undefined {
    if (this.isCut) return `${this.longer}, too long to be read as JSON`;
    let member: unknown;
    try {
      member = jsonMember(this.utf8(), pointer);
    } catch {
      return 'the body is not JSON';
    }
    if (member === value) return undefined;
    if (member === undefined) return `the body has no member ${JSON.stringify(pointer)}`;
    return `${JSON.stringify(pointer)} of the body is ${shown(member)}, expected ${JSON.stringify(value)}`;
  }

  private get longer(): string {
    return `the body is longer than the ${this.bytes.length} bytes that are read`;
  }

  private has(sought: string): boolean {
    // UTF-8 has no other bytes for a text, so nothing has to be decoded
    return this.charset.isUtf8 ? this.bytes.includes(sought) : this.decoded().includes(sought);
  }

  private utf8(): Buffer {
    const { isUtf8: isPlain, markBytes } = this.charset;
    return isPlain ? this.bytes.subarray(markBytes) : Buffer.from(this.decoded());
  }

  private decoded(): string {
    const { decoder, markBytes } = this.charset;
    // what is not UTF-8 has a decoder, for otherwise nothing would be known of the content
    return (this.text ??= decoder?.decode(this.bytes.subarray(markBytes)) ?? '');
  }

  private isWellFormed(sought: string): boolean {
    const { decoder, isUtf8: isPlain } = this.charset;
    // what stands for ASCII in UTF-8 stands for nothing else, whatever is beside it
    if (isPlain) return /^[\0-\x7f]*$/.test(sought) || isUtf8(this.bytes);
    try {
      new TextDecoder(decoder?.encoding, { fatal: true }).decode(this.bytes);
      return true;
    } catch {
      return false;
    }
  }
}

/** How much of a member is shown, in characters. */
const MAX_SHOWN = 64;

function shown(member: unknown): string {
  try {
    return cut(JSON.stringify(member), MAX_SHOWN);
  } catch {
    // deeper than the stack
    return Array.isArray(member) ? 'a list' : 'an object';
  }
}
