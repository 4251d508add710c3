import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { HttpException, NotFoundException } from '@nestjs/common';
import { type Asked, formProblem } from '../problem.filter.js';

/** Errors of Node's HTTP parser, by code; any other is a 400. */
const STATUS_BY_PARSER_CODE: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
};

/** How long a caller may take to read its last answer, in milliseconds. */
const LINGER_MS = 1_000;
/** How often a server that is closing lets go of connections that are idle by now, in milliseconds. */
const CLOSE_IDLE_EVERY_MS = 50;
/** How long a server that is closing waits for requests that do not end, in milliseconds. */
const CLOSE_ALL_AFTER_MS = 5_000;

/** Headers that concern one hop and only ask for another protocol. */
const OF_THE_HOP: ReadonlySet<string> = new Set(['connection', 'upgrade', 'http2-settings']);

/** Answers bytes that are no request, or a request that took too long, and ends the connection. */
export function answerUnparsable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  if (waitsForEarlier(socket, () => answerUnparsable(error, socket))) return;
  const status = STATUS_BY_PARSER_CODE[error.code ?? ''] ?? 400;
  const late = 'the request did not arrive whole in time; send it again on a new connection';
  const unreadable = `the bytes received are not an HTTP request: ${error.message}`;
  endWithProblem(socket, new HttpException(status === 408 ? late : unreadable, status));
}

/**
 * Sends the answer to an error on a connection that nothing else is sent on, and ends it, also if the other side does
 * not. @param request that is answered, if the bytes were one
 */
export function endWithProblem(socket: Socket, error: unknown, request: Asked = {}): void {
  const { status, headers, text } = formProblem(error, request);
  const all = { ...headers, 'content-length': Buffer.byteLength(text), connection: 'close' };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${text}`);
  const linger = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(linger));
}

/**
 * Lets a server that stops listening come to its end: connections close as they become idle, and after five
 * seconds whatever they do. Node looks for idle ones once, and no more for requests that never arrive whole.
 * @param sockets those that are open: Node forgets a connection that asks for another protocol, and waits for its end
 */
export function endConnections(
  server: Server,
  sockets: Iterable<Socket>,
  closeAllAfterMs = CLOSE_ALL_AFTER_MS,
): void {
  const closeIdle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
  const closeAll = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, closeAllAfterMs);
  server.once('close', () => {
    clearInterval(closeIdle);
    clearTimeout(closeAll);
  });
}

/** Whether an earlier request of the connection has yet to be answered; if so, `goOn` is called when it was. */
export function waitsForEarlier(socket: Socket, goOn: () => void): boolean {
  // Node keeps the answer to the earlier request under this name
  const { _httpMessage: answer } = socket as Socket & { _httpMessage?: ServerResponse | null };
  if (answer?.req.complete !== true || answer.writableFinished) return false;
  answer.once('close', goOn);
  return true;
}

/** Accepts a connection that asks to become a WebSocket; `head` are the bytes that arrived behind the request. */
export type AcceptSocket = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

/**
 * Connections whose client asks for another protocol. A WebSocket is accepted at its path and refused at any other.
 * Everything else, such as the `h2c` that Java's client and curl offer with plain requests, is answered as if it had
 * not asked (RFC 9110 section 7.8): Node would leave such a request unanswered.
 */
export class Upgrades {
  private readonly byPath = new Map<string, AcceptSocket>();
  /** Fastify hands the upgrades of its further servers, for the other addresses of a host, to the first as well. */
  private readonly seen = new WeakSet<IncomingMessage>();

  /** Leaves the WebSockets of a path to `accept`. */
  put(path: string, accept: AcceptSocket): void {
    this.byPath.set(path, accept);
  }

  /** For the event `upgrade` of a server. @param refusalOf why a request is refused whatever it is for */
  handle(
    server: Server,
    [request, socket, head]: readonly [IncomingMessage, Socket, Buffer],
    refusalOf: (request: IncomingMessage) => Error | undefined,
  ): void {
    if (this.seen.has(request)) return;
    this.seen.add(request);
    // Node has let go of the socket, and an error that nobody listens to would end the process
    socket.off('error', ignore).on('error', ignore);
    const isWebSocket = request.headers.upgrade?.toLowerCase() === 'websocket';
    const goOn = (): void => {
      if (waitsForEarlier(socket, goOn)) return;
      if (isWebSocket) this.accept(request, socket, head, refusalOf(request));
      else passOn(server, socket, request, head);
    };
    goOn();
  }

  private accept(request: IncomingMessage, socket: Socket, head: Buffer, fault: Error | undefined): void {
    const path = (request.url as string).split('?', 1)[0] as string;
    const accept = this.byPath.get(path);
    if (!fault && accept) return accept(request, socket, head);
    const known = [...this.byPath.keys()].join(', ');
    const refusal = fault ?? new NotFoundException(`there is no WebSocket at ${path}, only at ${known}`);
    endWithProblem(socket, refusal, request);
  }
}

function ignore(): void {}

/** Gives the connection back to the server, as if its last request had come without the offer. */
function passOn(server: Server, socket: Socket, request: IncomingMessage, head: Buffer): void {
  if (!socket.readable || !socket.writable) return void socket.destroy();
  const { method, url, httpVersion, rawHeaders, headers } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name, value] = rawHeaders.slice(at, at + 2) as [string, string];
    if (!OF_THE_HOP.has(name.toLowerCase())) lines.push(`${name}: ${value}`);
  }
  if (/\bclose\b/i.test(headers.connection ?? '')) lines.push('connection: close');
  const again = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  socket.unshift(Buffer.concat([again, head]));
  server.emit('connection', socket);
}
