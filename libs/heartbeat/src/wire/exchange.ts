import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';

/** One request. */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange, from connecting to the last byte. */
  readonly timeoutMs: number;
  /** Ends the exchange. */
  readonly signal: AbortSignal;
  /** Whose connections are used; by default each exchange has its own. */
  readonly agent?: http.Agent;
}

/** What the other side said. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
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

/** How the system says that the other side has closed a connection. */
const CLOSED = ['ECONNRESET', 'EPIPE'];

/** Sends one request and reads its answer, up to 256 KiB. Never rejects; follows no redirect. */
export function exchange({ method, url, headers, body, timeoutMs, signal, agent }: Exchange) {
  return new Promise<Reply | NoReply>((resolve) => {
    if (signal.aborted) {
      resolve(noReply('stopped'));
      return;
    }
    const { request: open } = url.protocol === 'https:' ? https : http;
    const request = open(url, { method, headers: { ...headers }, agent: agent ?? false });
    const end = (outcome: Reply | NoReply): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve(outcome);
    };
    const giveUp = (reason: string): void => {
      end(noReply(reason));
      request.destroy();
    };
    const stop = (): void => giveUp('stopped');
    const timer = setTimeout(() => giveUp(`no answer within ${timeoutMs} ms`), timeoutMs);
    signal.addEventListener('abort', stop, { once: true });
    request.on('error', (error: NodeJS.ErrnoException) => {
      end(noReply(describe(error), request.reusedSocket && CLOSED.includes(error.code ?? '')));
    });
    request.on('response', (response) => read(response, end, giveUp));
    request.end(body);
  });
}

function read(
  response: IncomingMessage,
  end: (reply: Reply) => void,
  giveUp: (reason: string) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_REPLY) giveUp(`the answer is longer than ${MAX_REPLY} bytes`);
    else chunks.push(chunk);
  });
  response.on('end', () =>
    end({
      status: response.statusCode as number,
      headers: response.headers,
      text: Buffer.concat(chunks).toString(),
    }),
  );
  response.on('error', (error) => giveUp(`the answer broke off: ${describe(error)}`));
}

function noReply(reason: string, wasStale = false): NoReply {
  return { status: 0, reason, wasStale };
}

/** A host with several addresses fails with one error for each, and no message of its own. */
function describe(error: NodeJS.ErrnoException): string {
  const [first = error] = error instanceof AggregateError ? (error.errors as NodeJS.ErrnoException[]) : [];
  return first.message || (first.code ?? first.name);
}
