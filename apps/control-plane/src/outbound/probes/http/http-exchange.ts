import type { Dispatcher } from 'undici';
import type { HttpConnection } from './http-connection.js';
import type { HttpRequest } from './http-request.js';

/** How much of a body is read, in bytes. */
export const MOST_READ = 4_096;

/** An answer, without its headers. */
export interface HttpAnswer {
  readonly statusCode: number;
  /** The first 4 KiB. */
  readonly body: Buffer;
  /** Whether there was more. */
  readonly isCut: boolean;
}

const ENOUGH = new Error('enough was read');

/**
 * One request and its answer on a connection that nothing else uses meanwhile. Of a longer body the rest is not read:
 * the connection is closed. The same goes for when the signal fires before the answer is complete.
 */
export class HttpExchange implements Dispatcher.DispatchHandler {
  /** Rejects with the error of undici, or with the signal's reason. */
  readonly answer: Promise<HttpAnswer>;
  /** The status code, once the headers are there. */
  statusCode: number | undefined;
  private resolve!: (answer: HttpAnswer) => void;
  private reject!: (error: unknown) => void;
  private readonly chunks: Buffer[] = [];
  private size = 0;

  /** @param onHead called when the headers are there */
  constructor(
    private readonly connection: HttpConnection,
    request: HttpRequest,
    private readonly signal: AbortSignal,
    private readonly onHead: (statusCode: number) => void,
  ) {
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    signal.addEventListener('abort', this.abort);
    connection.dispatch(request.options, this);
    if (signal.aborted) this.abort();
  }

  /** Its presence tells undici which of its interfaces this is. */
  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, statusCode: number): void {
    if (statusCode < 200) return;
    this.statusCode = statusCode;
    this.onHead(statusCode);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.size += chunk.length;
    // a chunk is a view of a larger buffer, which keeping it would keep as well
    this.chunks.push(Buffer.from(chunk.subarray(0, MOST_READ)));
    if (this.size <= MOST_READ) return;
    this.complete(true);
    controller.abort(ENOUGH);
  }

  onResponseEnd(): void {
    this.complete(false);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.signal.removeEventListener('abort', this.abort);
    this.connection.close();
    this.reject(error);
  }

  private complete(isCut: boolean): void {
    this.signal.removeEventListener('abort', this.abort);
    const body = Buffer.concat(this.chunks).subarray(0, MOST_READ);
    this.resolve({ statusCode: this.statusCode as number, body, isCut });
  }

  private readonly abort = (): void => {
    this.signal.removeEventListener('abort', this.abort);
    this.reject(this.signal.reason);
    this.connection.close();
  };
}
