import { once } from 'node:events';
import { type IncomingMessage, request, type RequestOptions } from 'node:http';
import { text } from 'node:stream/consumers';

/** An answer that was read to its end, with the names of its headers in lower case. */
export interface RawResponse {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Asks a port of this machine just so: `fetch` would tidy the path up, and refuse some methods and headers. */
export async function rawRequest(
  port: number,
  path: string,
  { body, ...options }: RequestOptions & { readonly body?: string | Buffer } = {},
): Promise<RawResponse> {
  const asked = request({ host: '127.0.0.1', port, path, agent: false, ...options });
  // an answer may come before the body has been taken
  asked.on('error', () => undefined);
  asked.end(body);
  const answer = (await Promise.race([
    once(asked, 'response').then(([response]) => response as IncomingMessage),
    once(asked, 'close').then(() => {
      throw new Error(`no answer to ${options.method ?? 'GET'} ${path}`);
    }),
  ])) as IncomingMessage;
  return { status: answer.statusCode as number, headers: answer.headers, body: await text(answer) };
}
