import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { failureReason } from '@vitals/core/health';
import { tlsIdentityOf } from '@vitals/core/check';

/** One request. */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange, from connecting to the last byte. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Whose connections are used; by default each exchange has its own. */
  readonly agent?: http.Agent;
  /**
   * Where it is given, the head is the answer: a body is waited for only if this wants it, and left out if it is longer
   * than 64 KiB or does not come whole.
   */
  readonly wantsBody?: (head: ReplyHead) => boolean;
}

/** How an answer begins; an interim one (1xx) is none. */
export interface ReplyHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** What the other side said. */
export interface Reply extends ReplyHead {
  readonly text: string;
}

/** Nothing was said. */
export interface NoReply {
  readonly status: 0;
  readonly reason: string;
  /** The connection was kept from an earlier exchange, and the other side had closed it by now. */
  readonly wasStale: boolean;
}

/** Makes one exchange. Never rejects. */
export type Transport = (request: Exchange) => Promise<Reply | NoReply>;

/** Four times the largest registration, which comes back with what the control plane knows beside it, in bytes. */
const MAX_REPLY = 262_144;

/** A body that the answer does not depend on is read up to this length, in bytes. */
const MAX_OPTIONAL = 65_536;
/** A body that nobody waits for may take so long before its connection is closed, in milliseconds. */
const LEFTOVER_MS = 1_000;

/** How the system says that the other side has closed a connection. */
const CLOSED = ['ECONNRESET', 'EPIPE'];

/** Sends one request and reads its answer, up to 256 KiB. Never rejects; follows no redirect. */
export function exchange(exchanged: Exchange): Promise<Reply | NoReply> {
  const { method, url, headers, body, timeoutMs, signal, agent, wantsBody } = exchanged;
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(noReply('stopped'));
      return;
    }
    const { request: open } = url.protocol === 'https:' ? https : http;
    const servername = tlsIdentityOf(url.hostname).serverName;
    const request = open(url, { method, headers: { ...headers }, agent: agent ?? false, servername });
    let withoutBody: Reply | undefined;
    const end = (outcome: Reply | NoReply): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve(outcome);
    };
    const giveUp = (reason: string): void => {
      end(withoutBody ?? noReply(reason));
      request.destroy();
    };
    const stop = (): void => giveUp('stopped');
    const timer = setTimeout(() => giveUp(`no answer within ${timeoutMs} ms`), timeoutMs);
    signal.addEventListener('abort', stop, { once: true });
    request.on('error', (error: NodeJS.ErrnoException) => {
      end(noReply(failureReason(error), request.reusedSocket && CLOSED.includes(error.code ?? '')));
    });
    // without a listener, Node closes the connection and says nothing
    request.on('upgrade', (_response, socket) => {
      socket.destroy();
      giveUp('the answer is 101, without a request for another protocol');
    });
    request.on('response', (response) => {
      const head: ReplyHead = { status: response.statusCode as number, headers: response.headers };
      if (wantsBody) withoutBody = { ...head, text: '' };
      if (withoutBody && !wantsBody?.(head)) {
        end(withoutBody);
        leave(response);
      } else read(response, wantsBody ? MAX_OPTIONAL : MAX_REPLY, (text) => end({ ...head, text }), giveUp);
    });
    request.end(body);
  });
}

function read(
  response: IncomingMessage,
  maxBytes: number,
  end: (text: string) => void,
  giveUp: (reason: string) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) giveUp(`the answer is longer than ${maxBytes} bytes`);
    else chunks.push(chunk);
  });
  response.on('end', () => end(Buffer.concat(chunks).toString()));
  response.on('error', (error) => giveUp(`the answer broke off: ${failureReason(error)}`));
}

/** Lets a short body end in peace, so that its sender meets no closed connection; holds up neither it nor the process. */
function leave(response: IncomingMessage): void {
  const { socket } = response;
  let bytes = 0;
  socket.unref();
  const cut = (): unknown => response.destroy();
  const timer = setTimeout(cut, LEFTOVER_MS).unref();
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_OPTIONAL) cut();
  });
  response.on('error', () => undefined);
  response.on('close', () => clearTimeout(timer));
}

function noReply(reason: string, wasStale = false): NoReply {
  return { status: 0, reason, wasStale };
}
