import { AnswerFault, type AnswerHead, readHead } from './answer-head.js';
import { ChunkedBody } from './chunked-body.js';

/** The most bytes of one head that are read. */
const MAX_HEAD_BYTES = 16_384;

/**
 * The most bytes of one answer that are no body: provisional answers, empty lines, extensions of chunks, trailers. An
 * answer may have so many however long its body is.
 */
const MAX_OTHER_BYTES = 256 * 1_024;

const LF = 0x0a;

const CLOSED = 'the connection was closed without an answer';

/** What is told of an answer while it comes in. */
export interface AnswerListener {
  /** Once, for the answer that is final. */
  onHead(head: AnswerHead): void;
  /** A part of the body, as it was sent; a view of what was received. */
  onBody(part: Buffer): void;
  /** The body is complete. */
  onEnd(): void;
}

/**
 * Reads one answer of HTTP/1.1 (RFC 9112) from the bytes of a connection, in whatever pieces they come. Provisional
 * answers are read over (RFC 9110 section 15.2), however many come in a row.
 */
export class AnswerReader {
  private head: AnswerHead | undefined;
  /** The lines of the head so far, and the beginning of the next one. */
  private lines: string[] = [];
  private line = '';
  private headBytes = 0;
  private otherBytes = 0;
  private missing = 0;
  private chunks: ChunkedBody | undefined;
  private over = false;
  private hasMore = false;

  constructor(
    private readonly method: string,
    private readonly listener: AnswerListener,
  ) {}

  /** Whether the answer was read to its end. */
  get isOver(): boolean {
    return this.over;
  }

  /** Whether the answer, as far as it is known, lets another one follow on the connection. */
  get keepsConnection(): boolean {
    return this.head?.keepsConnection === true && this.chunks?.isExact !== false && !this.hasMore;
  }

  /** Whether the rest of the body may have at most so many bytes, as far as the head tells. */
  mayEndWithin(bytes: number): boolean {
    return this.over || (this.head !== undefined && (this.chunks !== undefined || this.missing <= bytes));
  }

  /** How long the server keeps the connection while nothing is asked, in milliseconds. */
  get keepsForMs(): number {
    return this.head?.keepsForMs ?? Number.POSITIVE_INFINITY;
  }

  /** @throws AnswerFault if this is no HTTP/1.1, or too much of it */
  read(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && !this.over) {
      at += this.head ? this.readBody(at === 0 ? bytes : bytes.subarray(at)) : this.readLine(bytes, at);
      if (this.otherBytes + (this.chunks?.padding ?? 0) > MAX_OTHER_BYTES)
        throw new AnswerFault(`the answer has more than ${MAX_OTHER_BYTES / 1_024} KiB outside of the body`);
    }
    if (at < bytes.length) this.hasMore = true;
  }

  /**
   * The other side closed the connection, which may be the end of the body.
   * @throws AnswerFault if it came too early
   */
  close(): void {
    if (this.over) return;
    if (this.head?.end.kind === 'close') return this.finish();
    if (this.head) throw new AnswerFault('the answer ended before its body was complete');
    const isBegun = this.lines.length > 0 || this.line !== '';
    throw new AnswerFault(isBegun ? 'the answer ended in its headers' : CLOSED);
  }

  /** Reads one line of a head, or the beginning of one; says how many bytes that were. */
  private readLine(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(LF, from);
    const next = end < 0 ? bytes.length : end + 1;
    this.headBytes += next - from;
    this.otherBytes += next - from;
    if (this.headBytes > MAX_HEAD_BYTES)
      throw new AnswerFault(`the answer has more than ${MAX_HEAD_BYTES / 1_024} KiB of headers`);
    this.line += bytes.toString('latin1', from, end < 0 ? bytes.length : end);
    if (end >= 0) this.endLine();
    return next - from;
  }

  private endLine(): void {
    const { line, lines } = this;
    this.line = '';
    if (line !== '' && line !== '\r') return void lines.push(line);
    this.headBytes = 0;
    // an empty line may come before an answer: RFC 9112 section 2.2
    if (lines.length === 0) return;
    this.lines = [];
    const head = readHead(lines, this.method);
    const { statusCode, end } = head;
    if (statusCode === 101)
      throw new AnswerFault('the server switched to another protocol without a request to do so');
    if (statusCode >= 100 && statusCode < 200) return;
    this.head = head;
    if (end.kind === 'chunked') this.chunks = new ChunkedBody();
    this.missing = end.kind === 'length' ? end.bytes : Number.POSITIVE_INFINITY;
    this.listener.onHead(head);
    if (this.missing === 0) this.finish();
  }

  private readBody(bytes: Buffer): number {
    if (this.chunks) {
      const read = this.chunks.read(bytes, (data) => this.listener.onBody(data));
      if (this.chunks.isOver) this.finish();
      return read;
    }
    const part = bytes.length <= this.missing ? bytes : bytes.subarray(0, this.missing);
    this.missing -= part.length;
    this.listener.onBody(part);
    if (this.missing === 0) this.finish();
    return part.length;
  }

  private finish(): void {
    this.over = true;
    this.listener.onEnd();
  }
}
