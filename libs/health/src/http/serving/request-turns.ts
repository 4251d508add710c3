import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests that wait for an earlier answer at a time, on all connections together; each takes about 3 KB. */
const MAX_WAITING = 10_000;

/**
 * Gives the requests of one connection their turns: work on one begins when the answer to the one before it has been
 * handed to the kernel. Node starts them all at once, and keeps every answer that nobody reads. While a request
 * waits, nothing more is read from its connection, so that no more wait than had come in one piece.
 */
export class RequestTurns {
  private readonly waiting = new Map<Socket, number>();
  private readonly held = new WeakSet<Socket>();
  private total = 0;

  constructor(private readonly maxWaiting = MAX_WAITING) {}

  /** How many requests wait. */
  get size(): number {
    return this.total;
  }

  /** Calls `handle` when it is the turn of a request: at once, unless an earlier answer has yet to leave. */
  take(request: IncomingMessage, response: ServerResponse, handle: RequestListener): void {
    // Node gives a response the socket when the one before it is finished
    if (response.socket !== null) return handle(request, response);
    const { socket } = request;
    if (socket.destroyed) return;
    this.hold(socket);
    response.once('socket', () => {
      this.release(socket);
      handle(request, response);
    });
  }

  private hold(socket: Socket): void {
    const count = (this.waiting.get(socket) ?? 0) + 1;
    this.waiting.set(socket, count);
    this.total++;
    if (count === 1) this.pause(socket);
    if (this.total > this.maxWaiting) this.dropLongest();
  }

  private pause(socket: Socket): void {
    socket.pause();
    if (this.held.has(socket)) return;
    this.held.add(socket);
    // Node resumes a connection after every request and body that it has parsed
    socket.on('resume', () => this.waiting.has(socket) && socket.pause());
    socket.once('close', () => this.forget(socket));
  }

  private release(socket: Socket): void {
    const count = this.waiting.get(socket) ?? 0;
    if (count === 0) return;
    this.total--;
    if (count > 1) return void this.waiting.set(socket, count - 1);
    this.waiting.delete(socket);
    socket.resume();
  }

  private forget(socket: Socket): void {
    this.total -= this.waiting.get(socket) ?? 0;
    this.waiting.delete(socket);
  }

  /** Ends the connection on which most requests wait: those who pipeline a few are not to pay for it. */
  private dropLongest(): void {
    const [longest] = [...this.waiting].reduce((most, one) => (one[1] > most[1] ? one : most));
    this.forget(longest);
    longest.destroy();
  }
}
