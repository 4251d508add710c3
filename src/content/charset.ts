/** The charset of a body that names none; JSON has no other (RFC 8259 section 8.1). */
export const UTF_8 = 'utf-8';

const BYTE_ORDER_MARKS: readonly (readonly [charset: string, mark: Buffer])[] = [
  [UTF_8, Buffer.of(0xef, 0xbb, 0xbf)],
  // before UTF-16, whose mark is the beginning of this one
  ['utf-32le', Buffer.of(0xff, 0xfe, 0, 0)],
  ['utf-32be', Buffer.of(0, 0, 0xfe, 0xff)],
  ['utf-16le', Buffer.of(0xff, 0xfe)],
  ['utf-16be', Buffer.of(0xfe, 0xff)],
];

/** A parameter of a media type: RFC 9110 section 5.6.6. */
const PARAMETER = /;\s*([^\s;=,"]*)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/gs;

type Decoder = InstanceType<typeof TextDecoder>;

/** In which charset a body is written, and how many bytes of it are its byte order mark. */
export interface Charset {
  /** As `TextDecoder` knows it; `undefined` if that does not know it. */
  readonly decoder: Decoder | undefined;
  /** As it was named, at most 32 characters of it. */
  readonly name: string;
  readonly isUtf8: boolean;
  readonly markBytes: number;
}

const UNMARKED_UTF_8: Charset = {
  decoder: new TextDecoder(UTF_8),
  name: UTF_8,
  isUtf8: true,
  markBytes: 0,
};

/**
 * The charset of a body: a byte order mark says it, before the `charset` of its media type, as in browsers (the
 * standard "Encoding", section 6); otherwise it is UTF-8.
 */
export function charsetOf(bytes: Buffer, contentType: string | undefined): Charset {
  const marked = markOf(bytes);
  const name = marked?.[0] ?? namedCharset(contentType);
  if (name === undefined) return UNMARKED_UTF_8;
  const decoder = decoderOf(name);
  return {
    decoder,
    name: name.slice(0, 32),
    isUtf8: decoder?.encoding === UTF_8,
    markBytes: marked?.[1].length ?? 0,
  };
}

function markOf(bytes: Buffer): (typeof BYTE_ORDER_MARKS)[number] | undefined {
  const first = bytes[0] ?? 1;
  if (first > 0 && first < 0xef) return undefined;
  return BYTE_ORDER_MARKS.find(([, mark]) => bytes.subarray(0, mark.length).equals(mark));
}

/** The first `charset` among the parameters of a media type. */
function namedCharset(contentType: string | undefined): string | undefined {
  if (contentType === undefined || !contentType.includes(';')) return undefined;
  for (const [, name, quoted, plain] of contentType.matchAll(PARAMETER)) {
    const value = quoted?.replaceAll(/\\(.)/gs, '$1') ?? plain;
    if (name?.toLowerCase() === 'charset' && value) return value;
  }
  return undefined;
}

function decoderOf(name: string): Decoder | undefined {
  try {
    return new TextDecoder(name);
  } catch {
    return undefined;
  }
}
