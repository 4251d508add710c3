import { maxReceivedBytes, type ReceivedBody } from '@vitals/core/content';
import type { AnswerHead } from '@vitals/core/http1';
import { BodyBuffers, bodyBuffers } from './body-buffers.js';
import type { Connector } from './connector.js';
import { type ExchangeListener, HttpConnection, ReceivedBytes } from './http-connection.js';
import type { HttpQuestion } from './http-request.js';

const NOTHING = Buffer.alloc(0);

/** Room is made for so much of a body that was announced, in bytes; for more when it has come. */
const MAX_EXPECTED_BYTES = 65_536;

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
  onHead?(statusCode: number): void;
}

/**
 * One request and its answer on a connection that nothing else uses meanwhile. Where the body does not matter, it is not
 * waited for; of one that is longer than what is looked at the rest is not read, and the connection is closed. The same
 * goes for when the signal fires before the answer is there. Whoever begins it releases it.
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
  private isReleased = false;

  constructor(
    private readonly connection: HttpConnection,
    question: HttpQuestion,
    private readonly signal: AbortSignal,
    private readonly demand: Demand,
    private readonly buffers = bodyBuffers,
  ) {
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    signal.addEventListener('abort', this.abort);
    connection.ask(question, this);
    if (signal.aborted) this.abort();
  }

  onHead(head: AnswerHead): void {
    this.head = head;
    this.statusCode = head.statusCode;
    this.demand.onHead?.(head.statusCode);
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

  /** Nobody looks at the body of the answer any more, or will when it comes: its memory is given back. */
  release(): void {
    this.isReleased = true;
    if (this.isSettled) this.forget();
  }

  onFault(fault: Error): void {
    this.end(() => this.reject(fault));
  }

  /**
   * Room for what was announced, but no more than usual for what has not come; or for twice as much as there is, for
   * what comes may be many small parts.
   * @throws the error of `BodyBuffers.take`, which ends the connection
   */
  private grown(size: number): Buffer {
    const announced = this.head?.end.kind === 'length' ? this.head.end.bytes : 0;
    const isUsual = size <= MAX_EXPECTED_BYTES;
    const wanted = isUsual ? Math.min(MAX_EXPECTED_BYTES, Math.max(announced, 2 * size)) : 2 * size;
    const larger = this.buffers.take(Math.min(this.mostBytes, wanted));
    this.body.copy(larger, 0, 0, this.size);
    this.buffers.giveBack(this.body);
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
    this.signal.removeEventListener('abort', this.abort);
    settle();
    if (this.isReleased) this.forget();
  }

  private forget(): void {
    this.buffers.giveBack(this.body);
    this.body = NOTHING;
  }

  private readonly abort = (): void => {
    this.end(() => this.reject(this.signal.reason));
    this.connection.close();
  };
}

/** For those who are asked by their own app, which bounds what it asks. */
const unboundedBuffers = new BodyBuffers(Number.POSITIVE_INFINITY);

/**
 * Asks over a connection of its own, which is closed afterwards: whether one can be made is part of the question.
 * @param judge reads the answer, whose body is gone afterwards
 * @throws AnswerFault, what `Connector.connect` throws, the error of the socket, or the signal's reason
 */
export async function askOnce<T>(
  connector: Connector,
  question: HttpQuestion,
  demand: Demand,
  signal: AbortSignal,
  judge: (answer: HttpAnswer) => Promise<T>,
): Promise<T> {
  const received = new ReceivedBytes();
  const socket = await connector.connect({ ...question.destination, onread: received }, signal);
  const connection = new HttpConnection('', Number.POSITIVE_INFINITY, socket, received, () => undefined);
  const exchange = new HttpExchange(connection, question, signal, demand, unboundedBuffers);
  try {
    return await judge(await exchange.answer);
  } finally {
    connection.close();
    exchange.release();
  }
}
