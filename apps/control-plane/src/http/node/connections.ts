import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { HttpException } from '@nestjs/common';
import { formProblem, type ProblemAnswer } from '../problem.answer.js';

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

/** Answers bytes that are no request, or a request that took too long, and ends the connection. */
export function answerUnparsable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  if (waitsForEarlier(socket, () => answerUnparsable(error, socket))) return;
  const status = STATUS_BY_PARSER_CODE[error.code ?? ''] ?? 400;
  endWithProblem(
    socket,
    status,
    status === 408
      ? 'the request did not arrive whole in time; send it again on a new connection'
      : `the bytes received are not an HTTP request: ${error.message}`,
  );
}

/** Says a problem on a connection that nothing else is said on, and ends it, also if the other side does not. */
export function endWithProblem(socket: Socket, status: number, detail: string): void {
  endWithAnswer(socket, formProblem(new HttpException(detail, status), {}));
}

/** The same, for an answer that is formed. */
export function endWithAnswer(socket: Socket, { status, headers, text }: ProblemAnswer): void {
  const lines = Object.entries({
    ...headers,
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${text}`);
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
  const unanswered = earlierAnswer(socket);
  unanswered?.once('close', goOn);
  return unanswered !== undefined;
}

/** The answer to an earlier request of the connection, which has to go first; Node keeps it under this name. */
function earlierAnswer(socket: Socket): ServerResponse | undefined {
  const { _httpMessage: answer } = socket as Socket & { _httpMessage?: ServerResponse | null };
  return answer?.req.complete === true && !answer.writableFinished ? answer : undefined;
}
