import { memberAt, tokensOf } from './json-pointer.js';

/** Deeper documents are read by `JSON.parse`. */
const MAX_DEPTH = 256;

const [QUOTE, PLUS, COMMA, MINUS, DOT, ZERO, NINE, COLON, BACKSLASH] = [
  0x22, 0x2b, 0x2c, 0x2d, 0x2e, 0x30, 0x39, 0x3a, 0x5c,
] as const;
const [LOWER_E, LOWER_F, LOWER_N, LOWER_T] = [0x65, 0x66, 0x6e, 0x74] as const;
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d] as const;

/** The escapes of RFC 8259 section 7, and as many characters as the longest has. */
const ESCAPE = /^\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/;
const ESCAPE_BYTES = 6;
const [TRUE, FALSE, NULL] = ['true', 'false', 'null'].map((word) => Buffer.from(word));

const NO_JSON = new Error('no JSON');
const TOO_DEEP = new Error('too deep');

/**
 * The value of a member, found by its JSON Pointer (RFC 6901) in a document of UTF-8 bytes. The whole document is read
 * for its syntax (RFC 8259), but only this value is built: what `JSON.parse` builds of a long document costs more than
 * all the rest of a check. Agrees with that in everything, also in that of members with one name the last counts.
 * @returns the value, `undefined` if there is no such member
 * @throws Error if the bytes are no JSON
 */
export function jsonMember(bytes: Buffer, pointer: string): unknown {
  const tokens = tokensOf(pointer);
  try {
    const found = new JsonScan(bytes, tokens ?? []).run();
    return tokens && found && JSON.parse(found.toString());
  } catch (fault) {
    if (fault !== TOO_DEEP) throw fault;
    return memberAt(JSON.parse(bytes.toString()), pointer);
  }
}

/** One pass over a document. Every method reads at `at`, and leaves it behind what it read. */
class JsonScan {
  private at = 0;
  /** Whether each open container is an object, by its depth. */
  private readonly isObject = new Uint8Array(MAX_DEPTH + 1);
  private readonly keys: readonly Buffer[];

  constructor(
    private readonly bytes: Buffer,
    private readonly tokens: readonly string[],
  ) {
    this.keys = tokens.map((token) => Buffer.from(token));
  }

  /**
   * 1. The outermost `onWay` of the `depth` open containers lie on the way to the member. A value in the last of them
   *    whose name or place is the next token (`isNext`) is the member if no token is left, otherwise a container on the way.
   * 2. A value is read over, or is a container that is stepped into.
   * 3. Behind a value its container ends, which is the end of a value again, or goes on with a name or a place.
   */
  run(): Buffer | undefined {
    const { bytes, isObject, tokens } = this;
    const places: number[] = [];
    let found: Buffer | undefined;
    let depth = 0;
    let onWay = 0;
    let isNext = true;
    let wantedDepth = -1;
    let wantedAt = 0;
    for (;;) {
      let byte = this.next();
      if (isNext && depth === tokens.length) {
        wantedDepth = depth;
        wantedAt = this.at;
      }
      const isList = byte === OPEN_LIST;
      if (isList || byte === OPEN_OBJECT) {
        if (++depth > MAX_DEPTH) throw TOO_DEEP;
        isObject[depth] = isList ? 0 : 1;
        if (isNext && wantedDepth < 0) onWay = depth;
        this.at++;
        byte = this.next();
        if (byte !== (isList ? CLOSE_LIST : CLOSE_OBJECT)) {
          places[depth] = 0;
          isNext = isList
            ? onWay === depth && tokens[depth - 1] === '0'
            : this.key(onWay === depth ? depth : 0);
          if (isNext) found = undefined;
          continue;
        }
        this.at++;
        if (onWay === depth) onWay--;
        depth--;
      } else if (byte === QUOTE) this.string();
      else this.numberOrWord(byte);
      for (;;) {
        if (wantedDepth === depth) {
          found = bytes.subarray(wantedAt, this.at);
          wantedDepth = -1;
        }
        byte = this.next();
        if (depth === 0) {
          if (this.at !== bytes.length) throw NO_JSON;
          return found;
        }
        this.at++;
        if (byte === COMMA) break;
        if (byte !== (isObject[depth] === 1 ? CLOSE_OBJECT : CLOSE_LIST)) throw NO_JSON;
        if (onWay === depth) onWay--;
        depth--;
      }
      const isHere = onWay === depth;
      if (isObject[depth] === 1) isNext = this.key(isHere ? depth : 0);
      else isNext = isHere && tokens[depth - 1] === String((places[depth] = (places[depth] as number) + 1));
      // the last of members with one name counts, whatever the others had
      if (isNext) found = undefined;
    }
  }

  /** The byte behind white space; `undefined` at the end. */
  private next(): number | undefined {
    const { bytes } = this;
    let byte = bytes[this.at];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++this.at];
    return byte;
  }

  /** Reads a name and its colon; says whether it is the token with that number, counted from 1. */
  private key(token: number): boolean {
    this.next();
    const start = this.at;
    const isEscaped = this.string();
    const end = this.at;
    if (this.next() !== COLON) throw NO_JSON;
    this.at++;
    if (token === 0) return false;
    if (isEscaped) return JSON.parse(this.bytes.toString('utf8', start, end)) === this.tokens[token - 1];
    const key = this.keys[token - 1];
    return (
      key?.length === end - start - 2 && this.bytes.compare(key, 0, key.length, start + 1, end - 1) === 0
    );
  }

  /** Reads a string; says whether it has escapes. */
  private string(): boolean {
    const { bytes } = this;
    let at = this.at;
    if (bytes[at++] !== QUOTE) throw NO_JSON;
    let isEscaped = false;
    for (;;) {
      let byte = bytes[at] as number;
      while (byte !== QUOTE && byte !== BACKSLASH && byte >= 0x20) byte = bytes[++at] as number;
      if (byte === QUOTE) break;
      const rest = byte === BACKSLASH ? bytes.toString('latin1', at, at + ESCAPE_BYTES) : '';
      const [escape] = ESCAPE.exec(rest) ?? [];
      if (escape === undefined) throw NO_JSON;
      isEscaped = true;
      at += escape.length;
    }
    this.at = at + 1;
    return isEscaped;
  }

  private numberOrWord(first: number | undefined): void {
    const word = first === LOWER_T ? TRUE : first === LOWER_F ? FALSE : first === LOWER_N ? NULL : undefined;
    if (!word) return this.number();
    for (const byte of word) if (this.bytes[this.at++] !== byte) throw NO_JSON;
  }

  private number(): void {
    const { bytes } = this;
    if (bytes[this.at] === MINUS) this.at++;
    if (bytes[this.at] === ZERO) this.at++;
    else this.digits();
    if (bytes[this.at] === DOT) {
      this.at++;
      this.digits();
    }
    if (((bytes[this.at] as number) | 0x20) !== LOWER_E) return;
    const sign = bytes[++this.at];
    if (sign === PLUS || sign === MINUS) this.at++;
    this.digits();
  }

  /** At least one. */
  private digits(): void {
    const { bytes } = this;
    let at = this.at;
    for (let byte = bytes[at]; byte !== undefined && byte >= ZERO && byte <= NINE;) byte = bytes[++at];
    if (at === this.at) throw NO_JSON;
    this.at = at;
  }
}
