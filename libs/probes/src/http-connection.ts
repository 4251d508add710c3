import { type AnswerListener, AnswerReader } from '@vitals/core/http1';
import type { OnReadOpts, Socket } from 'node:net';
import type { HttpQuestion } from './http-request.js';

const CLOSED = new Error('the connection was closed');

/** What came of a request besides the answer. */
export interface ExchangeListener extends AnswerListener {
  /** The connection is over before the answer was; `fault` is that of the socket, or an AnswerFault. */
  onFault(fault: Error): void;
}

/** Every connection reads into it, one after the other. */
const SHARED = Buffer.allocUnsafeSlow(65_536);

/**
 * What one socket reads, handed on at once: the bytes are overwritten by the next socket that reads. A buffer for each
 * read would be more memory than all that checks keep.
 */
export class ReceivedBytes implements OnReadOpts {
  readonly buffer = SHARED;
  /** Told of what comes. Nothing comes before it was asked for, so it may be set once the socket is there. */
  onBytes: (bytes: Buffer) => void = () => undefined;

  readonly callback = (count: number): boolean => {
    this.onBytes(SHARED.subarray(0, count));
    return true;
  };
}

/**
 * HTTP/1.1 over one socket that is open already, one request at a time. When the socket is closed, by whichever side,
 * the connection is over: it never opens another one. So it is when anything comes that was not asked for.
 */
export class HttpConnection {
  /** How many requests were made on it. */
  requests = 0;
  private over = false;
  private reader: AnswerReader | undefined;
  private listener: ExchangeListener | undefined;
  /** While nobody waits for the answer any more. */
  private dropping: { readonly mostBytes: number; readonly onFree: () => void } | undefined;

  /**
   * @param received what the socket hands its bytes to, if not to the event `data`
   * @param renewAtMs when another one is to take its place, in monotonic milliseconds
   * @param onOver called once, when it cannot be used any more
   */
  constructor(
    readonly key: string,
    readonly renewAtMs: number,
    private readonly socket: Socket,
    received: ReceivedBytes,
    private readonly onOver: (connection: HttpConnection) => void,
  ) {
    received.onBytes = (bytes) => this.receive(bytes);
    socket.on('data', received.onBytes);
    socket.on('end', () => {
      this.attempt(() => this.reader?.close());
      this.close();
    });
    socket.on('error', (fault) => this.fail(fault));
    socket.once('close', () => this.fail(CLOSED));
  }

  /** Whether it cannot be used any more. */
  get isOver(): boolean {
    return this.over;
  }

  /** Whether the answer is complete, and another request may follow. */
  get isFree(): boolean {
    return !this.over && this.reader?.isOver === true && this.reader.keepsConnection;
  }

  /** How long the server keeps it while nothing is asked, in milliseconds; infinite if it does not say. */
  get keepsForMs(): number {
    return this.reader?.keepsForMs ?? Number.POSITIVE_INFINITY;
  }

  /** Makes one request; the one before has to be over. */
  ask({ method, bytes }: HttpQuestion, listener: ExchangeListener): void {
    this.requests++;
    this.listener = listener;
    this.reader = new AnswerReader(method, listener);
    if (this.over) this.fail(CLOSED);
    else this.socket.write(bytes);
  }

  /**
   * Reads on an answer that nobody waits for any more, and calls `onFree` when it is complete and another request may
   * follow; otherwise, and when it has more than `mostBytes`, the connection is closed.
   */
  dropRest(mostBytes: number, onFree: () => void): void {
    if (this.isFree) return onFree();
    const mayBeFree =
      this.reader?.keepsConnection && !this.reader.isOver && this.reader.mayEndWithin(mostBytes);
    if (this.over || !mayBeFree) return this.close();
    this.dropping = { mostBytes: mostBytes + this.socket.bytesRead, onFree };
  }

  /** Closes it at once, whatever it is doing. */
  close(): void {
    if (this.over) return;
    this.over = true;
    this.socket.destroy();
    this.onOver(this);
  }

  private receive(bytes: Buffer): void {
    if (this.over) return;
    const { reader } = this;
    // what nobody asked for must not become the answer to the next request
    if (!reader || reader.isOver) return this.close();
    this.attempt(() => reader.read(bytes));
    if (!this.dropping) return;
    const { mostBytes, onFree } = this.dropping;
    if (reader.isOver) {
      this.dropping = undefined;
      if (this.isFree) onFree();
      else this.close();
    } else if (this.socket.bytesRead > mostBytes) this.close();
  }

  private attempt(read: () => void): void {
    try {
      read();
    } catch (fault) {
      this.fail(fault as Error);
    }
  }

  private fail(fault: Error): void {
    const { listener } = this;
    this.listener = undefined;
    this.close();
    listener?.onFault(fault);
  }
}
