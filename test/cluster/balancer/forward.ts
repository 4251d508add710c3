import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { Backend } from './backend.js';

/** Sent twice, these do what they do once, but for a registration: each is one more generation. */
const IDEMPOTENT = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'];
const REGISTRATION = /^\/providers\/[^/]+$/;
/** Headers that are about one connection (RFC 9110 section 7.6.1). */
const OF_CONNECTION = ['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade'];
/** An answer that has not begun by then is waited for no longer, if another instance can be asked. */
const HEAD_WITHIN_MS = 2_000;

/**
 * What came of a request at one instance: `refused` means that it was not sent, `lost` that it may have been taken, and
 * `unavailable` that it was refused with a 503 and `Retry-After`.
 */
export type Outcome = 'answered' | 'refused' | 'lost' | 'unavailable';

/** Whether a request may be sent to a second instance although the first one may have taken it. */
export function mayBeRepeated({ method = '', url = '' }: IncomingMessage): boolean {
  return IDEMPOTENT.includes(method) && !(method === 'PUT' && REGISTRATION.test(url));
}

/**
 * Sends a request to an instance, and passes on its answer, unless that is `unavailable` and not the last word.
 * Never rejects.
 */
export function forward(
  request: IncomingMessage,
  body: Buffer,
  backend: Backend,
  response: ServerResponse,
  isLast: boolean,
): Promise<Outcome> {
  const mayGoOn = !isLast && mayBeRepeated(request);
  return new Promise((resolve) => {
    const { method, url: path } = request;
    const headers = headersOf(request, body);
    const sent = http.request({
      host: '127.0.0.1',
      port: backend.port,
      method,
      path,
      headers,
      agent: backend.agent,
    });
    const giveUp = (): void => void sent.destroy();
    const timer = mayGoOn ? setTimeout(giveUp, HEAD_WITHIN_MS) : undefined;
    const answered = backend.awaitAnswer(giveUp);
    const end = (outcome: Outcome): void => {
      clearTimeout(timer);
      answered();
      resolve(outcome);
    };
    response.once('close', () => {
      if (!response.writableFinished) sent.destroy();
      end('answered');
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const isRefused = error.code === 'ECONNREFUSED';
      if (isRefused) backend.refused();
      end(isRefused ? 'refused' : 'lost');
    });
    sent.on('response', (answer) => {
      clearTimeout(timer);
      answered();
      if (answer.statusCode === 503 && answer.headers['retry-after'] !== undefined && mayGoOn) {
        answer.resume();
        return end('unavailable');
      }
      answer.on('error', () => response.destroy());
      response.writeHead(answer.statusCode ?? 502, withoutOf(answer));
      response.flushHeaders();
      answer.pipe(response);
      answer.on('end', () => end('answered'));
    });
    sent.end(body);
  });
}

function headersOf(request: IncomingMessage, body: Buffer): http.OutgoingHttpHeaders {
  const headers: http.OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(request.headers))
    if (!OF_CONNECTION.includes(name)) headers[name] = value;
  if (body.length > 0) headers['content-length'] = body.length;
  headers['x-forwarded-for'] = request.socket.remoteAddress;
  return headers;
}

function withoutOf({ headers }: IncomingMessage): http.OutgoingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => !OF_CONNECTION.includes(name));
  return Object.fromEntries(kept);
}
