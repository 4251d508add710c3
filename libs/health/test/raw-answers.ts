import { gzipSync } from 'node:zlib';

/** An answer of HTTP/1.1 as it is on the wire, and what a client has to make of it. */
export interface RawAnswer {
  /** What is special about it, and where that is said: sections of RFC 9110 (semantics) or RFC 9112 (HTTP/1.1). */
  readonly what: string;
  readonly raw: Buffer;
  readonly method: 'GET' | 'HEAD';
  /** The code that it has. */
  readonly statusCode: number;
  /** Whether it has a body, which then is "UP". */
  readonly hasBody: boolean;
  /** Whether the server closes the connection after it. */
  readonly isClosed: boolean;
  /** Whether another request may follow on the connection. */
  readonly isKept: boolean;
}

const OK = 'HTTP/1.1 200 OK\r\n';
const LENGTH = 'content-length: 2\r\n';
const UP = `${LENGTH}\r\nUP`;
const CHUNKED = 'transfer-encoding: chunked\r\n';
const CHUNKS = '2\r\nUP\r\n0\r\n\r\n';

function answer(what: string, raw: string | Buffer, more: Partial<RawAnswer> = {}): RawAnswer {
  const bytes = typeof raw === 'string' ? Buffer.from(raw, 'latin1') : raw;
  const usual = { method: 'GET', statusCode: 200, hasBody: true, isClosed: false, isKept: true } as const;
  return { what, raw: bytes, ...usual, ...more };
}

const untilClose = { isClosed: true, isKept: false };
const notKept = { isKept: false };

/** Answers that every client has to take, or does well to. */
export const RAW_ANSWERS: readonly RawAnswer[] = [
  answer('nothing special', OK + UP),
  // interim answers
  answer('100 that nobody asked for (9110 15.2)', `HTTP/1.1 100 Continue\r\n\r\n${OK}${UP}`),
  answer('102 (9110 15.2)', `HTTP/1.1 102 Processing\r\n\r\n${OK}${UP}`),
  answer('103 with headers (9110 15.2)', `HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${OK}${UP}`),
  answer('an interim code that nobody knows (9110 15.2)', `HTTP/1.1 199 Hm\r\n\r\n${OK}${UP}`),
  answer(
    'several interim answers (9110 15.2)',
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102\r\n\r\nHTTP/1.1 103 A\r\na: b\r\n\r\nHTTP/1.1 103 B\r\n\r\n${OK}${UP}`,
  ),
  answer('an interim answer that has a length', `HTTP/1.1 100 Continue\r\n${LENGTH}\r\n${OK}${UP}`),
  // the first line
  answer('an empty reason (9112 4)', `HTTP/1.1 200 \r\n${UP}`),
  answer('no reason and no space (9112 4)', `HTTP/1.1 200\r\n${UP}`),
  answer('a reason of several words and bytes (9112 4)', `HTTP/1.1 200 Tout va bien, \xe7a va\r\n${UP}`),
  answer('tabs and spaces between its words (9112 4)', `HTTP/1.1\t 200  OK\r\n${UP}`),
  answer('a later 1.x (9110 2.5)', `HTTP/1.2 200 OK\r\n${UP}`),
  answer('an empty line before it (9112 2.2)', `\r\n${OK}${UP}`),
  // headers
  answer('no space after a colon (9112 5)', `${OK}content-length:2\r\na:b\r\n\r\nUP`),
  answer('white space around a value (9112 5)', `${OK}content-length: \t 2 \t\r\n\r\nUP`),
  answer('a header without a value (9110 5.5)', `${OK}x:\r\ny: \r\n${UP}`),
  answer('bytes above ASCII in a value (9110 5.5)', `${OK}x: caf\xe9 \xff\r\n${UP}`),
  answer('a colon and quotes in a value', `${OK}x: "a: b", c:d\r\n${UP}`),
  answer('unusual names (9110 5.1)', `${OK}!#$%&'*+-.^_\`|~: 1\r\n0: 1\r\n${UP}`),
  answer('names in any case (9110 5.1)', `${OK}CONTENT-lENGTH: 2\r\n\r\nUP`),
  answer('a thousand headers', `${OK}${'a: b\r\n'.repeat(1_000)}${UP}`),
  answer('a header of 12 KB', `${OK}x: ${'a'.repeat(12_000)}\r\n${UP}`),
  answer('a folded header (9112 5.2)', `${OK}x: a\r\n b\r\n\tc\r\n${UP}`, notKept),
  answer('a folded length (9112 5.2)', `${OK}content-length:\r\n 2\r\n\r\nUP`, notKept),
  answer('a space before a colon (9112 5.1)', `${OK}content-length : 2\r\n\r\nUP`, notKept),
  answer('a line of space before its headers (9112 2.2)', `${OK} folded?\r\n${UP}`, notKept),
  answer(
    'lines that end in LF (9112 2.2)',
    `HTTP/1.1 200 OK\nx: y\n${LENGTH.replace('\r', '')}\nUP`,
    notKept,
  ),
  answer('an upgrade that it offers (9110 7.8)', `${OK}upgrade: h2c\r\nconnection: upgrade\r\n${UP}`),
  // where the body ends
  answer('equal lengths (9110 8.6)', `${OK}${LENGTH}${UP}`),
  answer('equal lengths in one line (9110 8.6)', `${OK}content-length: 2, 2\r\n\r\nUP`),
  answer('a length of many digits (9110 8.6)', `${OK}content-length: 0000000000000000000002\r\n\r\nUP`),
  answer('neither length nor chunks (9112 6.3)', `${OK}\r\nUP`, untilClose),
  answer('an announced end (9112 9.6)', `${OK}connection: close\r\n${UP}`, notKept),
  answer('an announced end in a list (9112 9.6)', `${OK}connection: foo, Close\r\n${UP}`, notKept),
  answer('an end instead of a length (9112 9.6)', `${OK}connection: close\r\n\r\nUP`, untilClose),
  answer('HTTP/1.0 (9110 2.5)', `HTTP/1.0 200 OK\r\n\r\nUP`, untilClose),
  answer('HTTP/1.0 with a length (9112 9.3)', `HTTP/1.0 200 OK\r\n${UP}`, notKept),
  answer('HTTP/1.0 that is kept (9112 9.3)', `HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\n${UP}`),
  answer('chunks (9112 7.1)', `${OK}${CHUNKED}\r\n${CHUNKS}`),
  answer('chunks by another spelling (9112 7)', `${OK}Transfer-Encoding: CHUNKED\r\n\r\n${CHUNKS}`),
  answer('chunks of one byte', `${OK}${CHUNKED}\r\n1\r\nU\r\n1\r\nP\r\n0\r\n\r\n`),
  answer('extensions of chunks (9112 7.1.1)', `${OK}${CHUNKED}\r\n2;a;b=c ; d="e\\";f"\r\nUP\r\n0;x\r\n\r\n`),
  answer('sizes with zeros in front (9112 7.1)', `${OK}${CHUNKED}\r\n0002\r\nUP\r\n000\r\n\r\n`),
  answer('space after the size of a chunk', `${OK}${CHUNKED}\r\n2  \r\nUP\r\n0 \r\n\r\n`),
  answer('trailers (9112 7.1.2)', `${OK}${CHUNKED}trailer: x\r\n\r\n2\r\nUP\r\n0\r\nx: y\r\nz: 1\r\n\r\n`),
  answer('chunks whose lines end in LF', `${OK}${CHUNKED}\r\n2\nUP\n0\n\n`, notKept),
  answer('chunks and a length (9112 6.3)', `${OK}${CHUNKED}content-length: 99\r\n\r\n${CHUNKS}`, notKept),
  answer('chunks in HTTP/1.0 (9112 6.1)', `HTTP/1.0 200 OK\r\n${CHUNKED}\r\n${CHUNKS}`, notKept),
  answer('an identity that is no coding', `${OK}transfer-encoding: identity\r\n${UP}`),
  answer(
    'a coding under its chunks (9112 7.2)',
    Buffer.concat([
      Buffer.from(`${OK}transfer-encoding: gzip, chunked\r\n\r\n${gzipSync('UP').length.toString(16)}\r\n`),
      gzipSync('UP'),
      Buffer.from('\r\n0\r\n\r\n'),
    ]),
  ),
  answer(
    'a coding without chunks (9112 6.3)',
    Buffer.concat([Buffer.from(`${OK}transfer-encoding: gzip\r\n\r\n`), gzipSync('UP')]),
    untilClose,
  ),
  answer(
    'a coding of its content (9110 8.4)',
    Buffer.concat([
      Buffer.from(`${OK}content-encoding: x-gzip\r\ncontent-length: ${gzipSync('UP').length}\r\n\r\n`),
      gzipSync('UP'),
    ]),
  ),
  // no body, whatever it says
  answer('a length that answers HEAD (9110 9.3.2)', `${OK}content-length: 99\r\n\r\n`, {
    method: 'HEAD',
    hasBody: false,
  }),
  answer('chunks that answer HEAD (9112 6.3)', `${OK}${CHUNKED}\r\n`, { method: 'HEAD', hasBody: false }),
  answer('204 (9112 6.3)', 'HTTP/1.1 204 No Content\r\n\r\n', { statusCode: 204, hasBody: false }),
  answer('204 with a length (9112 6.3)', `HTTP/1.1 204 No Content\r\n${LENGTH}\r\n`, {
    statusCode: 204,
    hasBody: false,
  }),
  answer('304 with a length (9112 6.3)', `HTTP/1.1 304 Not Modified\r\n${LENGTH}\r\n`, {
    statusCode: 304,
    hasBody: false,
  }),
  answer('no content at all', `${OK}content-length: 0\r\n\r\n`, { hasBody: false }),
  answer('a code that nobody knows (9110 15)', `HTTP/1.1 299 Hm\r\n${UP}`, { statusCode: 299 }),
  answer('a code that is none (9110 15)', `HTTP/1.1 600 Hm\r\n${UP}`, { statusCode: 600 }),
];

/** What is no answer, with a word of why; the last is said where only its body is none. */
export const NO_ANSWERS: readonly (readonly [what: string, raw: string, why: string])[] = [
  ['nothing', '', 'closed without an answer'],
  ['only an interim answer', 'HTTP/1.1 100 Continue\r\n\r\n', 'closed without an answer'],
  ['half of a line', 'HTTP/1.1 20', 'ended in its headers'],
  ['half of its headers', `${OK}x: y\r\n`, 'ended in its headers'],
  ['HTTP/0.9', '<html>UP</html>\r\n\r\n', 'does not begin with HTTP/1.1'],
  ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n\r\n', 'does not begin with HTTP/1.1'],
  ['HTTP/2 in words', `HTTP/2.0 200 OK\r\n${UP}`, 'HTTP/2.0'],
  ['a name in lower case (9112 2.3)', `http/1.1 200 OK\r\n${UP}`, 'does not begin with HTTP/1.1'],
  ['a code of four digits', `HTTP/1.1 2000 OK\r\n${UP}`, 'does not begin with HTTP/1.1'],
  ['a code of two digits', `HTTP/1.1 20 OK\r\n${UP}`, 'does not begin with HTTP/1.1'],
  ['a line without a colon', `${OK}hello\r\n${UP}`, 'not a header'],
  ['a header without a name', `${OK}: x\r\n${UP}`, 'not a header'],
  ['a name of two words', `${OK}a b: x\r\n${UP}`, 'not a header'],
  ['a NUL in a name', `${OK}a\0: x\r\n${UP}`, 'not a header'],
  ['a CR in a value (9112 2.2)', `${OK}a: b\rc: d\r\n${UP}`, 'CR'],
  ['lengths that differ (9112 6.3)', `${OK}content-length: 3\r\n${UP}`, 'length'],
  ['lengths in one line that differ (9112 6.3)', `${OK}content-length: 2, 3\r\n\r\nUP`, 'length'],
  ['a length below zero', `${OK}content-length: -2\r\n\r\nUP`, 'length'],
  ['a length with a sign', `${OK}content-length: +2\r\n\r\nUP`, 'length'],
  ['a length in words', `${OK}content-length: two\r\n\r\nUP`, 'length'],
  ['101 that nobody asked for (9110 15.2.2)', 'HTTP/1.1 101 Go\r\nupgrade: x\r\n\r\n', 'another protocol'],
];

/** Answers whose head is one, but whose body is none. */
export const NO_BODIES: readonly (readonly [what: string, raw: string, why: string])[] = [
  ['too short', `${OK}content-length: 3\r\n\r\nUP`, 'before its body was complete'],
  ['of half a chunk', `${OK}${CHUNKED}\r\n3\r\nUP`, 'before its body was complete'],
  ['without a last chunk', `${OK}${CHUNKED}\r\n2\r\nUP\r\n`, 'before its body was complete'],
  [
    'without an end of its trailers',
    `${OK}${CHUNKED}\r\n2\r\nUP\r\n0\r\nx: y\r\n`,
    'before its body was complete',
  ],
  ['with a chunk that has no size', `${OK}${CHUNKED}\r\nUP\r\n0\r\n\r\n`, 'size of a chunk'],
  ['with a chunk that has an empty size', `${OK}${CHUNKED}\r\n\r\nUP\r\n0\r\n\r\n`, 'size of a chunk'],
  ['with a chunk whose size is in words', `${OK}${CHUNKED}\r\n2x\r\nUP\r\n0\r\n\r\n`, 'size of a chunk'],
  ['with a chunk that is too large', `${OK}${CHUNKED}\r\n${'f'.repeat(16)}\r\nUP`, 'size of a chunk'],
  ['with a chunk that is too long', `${OK}${CHUNKED}\r\n1\r\nUP\r\n0\r\n\r\n`, 'longer than it says'],
  [
    'that is in chunks twice',
    `${OK}transfer-encoding: chunked, chunked\r\n\r\n${CHUNKS}`,
    'encoded as chunked',
  ],
  ['in a coding that nobody knows', `${OK}transfer-encoding: x, chunked\r\n\r\n${CHUNKS}`, 'encoded as x'],
  ['that is no gzip', `${OK}content-encoding: gzip\r\n${UP}`, 'not valid gzip'],
];
