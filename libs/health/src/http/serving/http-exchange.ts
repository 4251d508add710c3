import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { WireAnswer } from '@vitals/core/health';
import type { HealthRequest } from '../health.responder.js';

/** Of Express, a Node request; of Fastify, a wrapper around one. */
export type FrameworkRequest = (IncomingMessage | { readonly raw: IncomingMessage }) & {
  readonly params?: Readonly<Record<string, string>>;
  readonly originalUrl?: string;
};

/** The part of Fastify's reply that is used here. */
interface FastifyReply {
  readonly raw: ServerResponse;
  code(status: number): this;
  headers(headers: Readonly<Record<string, string>>): this;
  send(body?: string): this;
}

/** Of Express, a Node response; of Fastify, a reply. */
export type FrameworkResponse = ServerResponse | FastifyReply;

/** Headers that a proxy adds. */
const FORWARDING_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/** The Node request under a framework's request. */
export function nodeRequestOf(request: FrameworkRequest): IncomingMessage {
  return 'raw' in request ? request.raw : request;
}

/** Most requests for health have none. */
const NO_QUERY = new URLSearchParams();

/** Reads a request; `server` tells whether the app listens on loopback only. */
export function readRequest(request: FrameworkRequest, server: Server | undefined): HealthRequest {
  const raw = nodeRequestOf(request);
  const url = request.originalUrl ?? raw.url ?? '/';
  const queryStart = url.indexOf('?');
  return {
    local: listensOnLoopback(server) && !FORWARDING_HEADERS.some((header) => header in raw.headers),
    params: request.params ?? {},
    query: queryStart < 0 ? NO_QUERY : new URLSearchParams(url.slice(queryStart + 1)),
    accept: raw.headers.accept,
    caller: () => ({ headers: raw.headers, url, address: raw.socket.remoteAddress }),
  };
}

/** Writes an answer; Node leaves the body out for HEAD. */
export function send(response: FrameworkResponse, { status, headers, body }: WireAnswer): void {
  if ('code' in response) {
    response.code(status).headers(headers).send(body);
    return;
  }
  const flat: (string | number)[] = [];
  for (const [name, value] of Object.entries(headers)) flat.push(name, value);
  if (body !== undefined) flat.push('content-length', Buffer.byteLength(body));
  response.writeHead(status, flat as string[]);
  response.end(body);
}

/** The address that a server is bound to does not change while it listens. */
const boundToLoopback = new WeakMap<Server, boolean>();

/** A server that does not listen is called from within its own process, as tests do. */
function listensOnLoopback(server: Server | undefined): boolean {
  const known = server && boundToLoopback.get(server);
  if (known !== undefined) return known;
  const address = server?.address();
  if (!server || !address || typeof address === 'string') return true;
  const loopback =
    address.address === '::1' ||
    address.address.startsWith('127.') ||
    address.address.startsWith('::ffff:127.');
  boundToLoopback.set(server, loopback);
  return loopback;
}
