import type { Socket } from 'node:net';
import { Client, type Dispatcher } from 'undici';

/** The most bytes of headers that are read. */
const MOST_HEADER_BYTES = 16_384;

/**
 * The most bytes of one answer that are read, whatever they are: provisional answers, spaces and extensions of chunks are
 * neither headers nor body. More than what can arrive at once, so that a long body is cut and not held against anybody.
 */
const MOST_ANSWER_BYTES = 256 * 1_024;

/** An idle connection is closed after this, in milliseconds; sooner if the server says that it will. */
const IDLE_MS = 60_000;

/** undici's own timers are coarse; the probe's signal ends a request that takes too long. */
const NO_TIMEOUT = 0;

/**
 * HTTP/1.1 over one socket that is open already. When the socket is closed, by whichever side, the connection is over:
 * it never opens another one.
 */
export class HttpConnection {
  /** How many requests were made on it. */
  requests = 0;
  private readonly client: Client;
  private over = false;
  /** How many bytes the socket may have read when the answer is complete. */
  private mostRead = MOST_ANSWER_BYTES;

  /**
   * @param origin scheme, host and port, as the `host` header has them
   * @param renewAtMs when another one is to take its place, in monotonic milliseconds
   * @param onClose called once, when it is over
   */
  constructor(
    origin: string,
    readonly key: string,
    readonly renewAtMs: number,
    private readonly socket: Socket,
    onClose: (connection: HttpConnection) => void,
  ) {
    let opened: Socket | undefined = socket;
    this.client = new Client(origin, {
      connect: (_options, callback) => {
        const given = opened;
        opened = undefined;
        // undici does not go on if it is called back before its connect returns
        queueMicrotask(() =>
          given ? callback(null, given) : callback(new Error('the connection is over'), null),
        );
      },
      pipelining: 1,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      maxHeaderSize: MOST_HEADER_BYTES,
      headersTimeout: NO_TIMEOUT,
      bodyTimeout: NO_TIMEOUT,
    });
    // after undici has read what is there
    this.client.once('connect', () => socket.on('readable', () => this.limit()));
    socket.once('close', () => {
      this.over = true;
      this.client.destroy(null, () => undefined);
      onClose(this);
    });
  }

  /** Whether it cannot be used any more. */
  get isOver(): boolean {
    return this.over;
  }

  /** Makes one request; the one before has to be over. */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.requests++;
    this.mostRead = this.socket.bytesRead + MOST_ANSWER_BYTES;
    this.client.dispatch(options, handler);
  }

  /** Closes it at once, whatever it is doing. */
  close(): void {
    this.over = true;
    this.client.destroy(null, () => undefined);
    this.socket.destroy();
  }

  private limit(): void {
    if (this.over || this.socket.bytesRead <= this.mostRead) return;
    this.over = true;
    this.socket.destroy(
      new Error(`the answer has more than ${MOST_ANSWER_BYTES / 1_024} KiB that are no body`),
    );
  }
}
