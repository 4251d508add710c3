import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { NotFoundException } from '@nestjs/common';
import { formProblem } from '../problem.answer.js';
import { endWithAnswer, waitsForEarlier } from './connections.js';

/** Takes a connection over that asks to become a WebSocket; `head` is what has arrived beyond the request. */
export type TakeSocket = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

/** Headers that concern one hop and only ask for another protocol. */
const OF_THE_HOP: ReadonlySet<string> = new Set(['connection', 'upgrade', 'http2-settings']);

/**
 * What becomes of connections whose client asks for another protocol. A WebSocket is taken at its path and refused
 * at any other. Everything else, such as the `h2c` that Java's client and curl offer with plain requests, is
 * answered as if it had not asked (RFC 9110 section 7.8): Node would leave such a request unanswered.
 */
export class Upgrades {
  private readonly byPath = new Map<string, TakeSocket>();
  /** Fastify hands the upgrades of its further servers, for the other addresses of a host, to the first as well. */
  private readonly seen = new WeakSet<IncomingMessage>();

  /** Leaves the WebSockets of a path to `take`. */
  put(path: string, take: TakeSocket): void {
    this.byPath.set(path, take);
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
      if (isWebSocket) this.take(request, socket, head, refusalOf(request));
      else passOn(server, socket, request, head);
    };
    goOn();
  }

  private take(request: IncomingMessage, socket: Socket, head: Buffer, fault: Error | undefined): void {
    const path = (request.url as string).split('?', 1)[0] as string;
    const take = this.byPath.get(path);
    if (!fault && take) return take(request, socket, head);
    const known = [...this.byPath.keys()].join(', ');
    const refusal = fault ?? new NotFoundException(`there is no WebSocket at ${path}, only at ${known}`);
    endWithAnswer(socket, formProblem(refusal, request));
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
