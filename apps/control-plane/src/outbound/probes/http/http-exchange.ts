import { maxReceivedBytes, type ReceivedBody } from '@vitals/core/content';
import type { AnswerHead } from '@vitals/core/http1';
import { bodyBuffers } from './body-buffers.js';
import type { ExchangeListener, HttpConnection } from './http-connection.js';
import type { HttpRequest } from './http-request.js';

const NOTHING = Buffer.alloc(0);

/** An answer, as far as the verdict needs it. */
export interface HttpAnswer {
  readonly statusCode: number;
  /** `undefined` if nobody asked for it. */
  readonly body: ReceivedBody | undefined;
}

/** What is wanted of an answer. */
export interface Demand {
  /** How many bytes of the content of an answer with this code are looked at; 0: the body does not matter. */
  maxBodyBytes(statusCode: number): number;
  /** Called when the head of the answer is there. */
  onHead(statusCode: number): void;
}

/**
 * One request and its answer on a connection that nothing else uses meanwhile. Where the body does not matter, it is not
 * waited for; of one that is longer than what is looked at the rest is not read, and the connection is closed. The same
 * goes for when the signal fires before the answer is there.
 */
export class HttpExchange implements ExchangeListener {
  /** Rejects with an AnswerFault, the error of the socket, or the signal's reason. */
  readonly answer: Promise<HttpAnswer>;
  /** The status code, once the head is there. */
  statusCode: number | undefined;
  private resolve!: (answer: HttpAnswer) => void;
  private reject!: (error: unknown) => void;
  private head: AnswerHead | undefined;
  private mostBytes = 0;
  private body: Buffer = NOTHING;
  private size = 0;
  private isSettled = false;

  constructor(
    private readonly connection: HttpConnection,
    request: HttpRequest,
    private readonly signal: AbortSignal,
    private readonly demand: Demand,
  ) {
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    signal.addEventListener('abort', this.abort);
    connection.ask(request, this);
    if (signal.aborted) this.abort();
  }

  onHead(head: AnswerHead): void {
    this.head = head;
    this.statusCode = head.statusCode;
    this.demand.onHead(head.statusCode);
    const maxBodyBytes = this.demand.maxBodyBytes(head.statusCode);
    if (maxBodyBytes === 0) return this.settle(undefined);
    const isEncoded = head.contentEncoding !== undefined || head.transferEncoding !== undefined;
    this.mostBytes = maxReceivedBytes(maxBodyBytes, isEncoded);
  }

  onBody(part: Buffer): void {
    if (this.isSettled) return;
    const kept = Math.min(part.length, this.mostBytes - this.size);
    if (this.size + kept > this.body.length) this.body = this.grown(this.size + kept);
    part.copy(this.body, this.size, 0, kept);
    this.size += kept;
    if (kept === part.length) return;
    this.settle(true);
    this.connection.close();
  }

  onEnd(): void {
    this.settle(false);
  }

  onFault(fault: Error): void {
    this.end(() => this.reject(fault));
  }

  /** Room for all that was announced, or for twice as much as there is: what comes may be many small parts. */
  private grown(size: number): Buffer {
    const announced = this.head?.end.kind === 'length' ? this.head.end.bytes : 0;
    const larger = bodyBuffers.take(Math.min(this.mostBytes, Math.max(announced, 2 * size)));
    this.body.copy(larger, 0, 0, this.size);
    bodyBuffers.giveBack(this.body);
    return larger;
  }

  /** @param isCut whether there is more of the body; `undefined` if it does not matter */
  private settle(isCut: boolean | undefined): void {
    const { statusCode, contentType, contentEncoding, transferEncoding } = this.head as AnswerHead;
    const bytes = this.body.subarray(0, this.size);
    const body =
      isCut === undefined ? undefined : { bytes, isCut, contentType, contentEncoding, transferEncoding };
    this.end(() => this.resolve({ statusCode, body }));
  }

  private end(settle: () => void): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.body = NOTHING;
    this.signal.removeEventListener('abort', this.abort);
    settle();
  }

  private readonly abort = (): void => {
    this.end(() => this.reject(this.signal.reason));
    this.connection.close();
  };
}
