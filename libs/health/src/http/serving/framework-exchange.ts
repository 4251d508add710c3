import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isIP, Socket } from 'node:net';
import { isLocalhostName, isLoopback } from '@vitals/core/check';
import type { WireAnswer } from '@vitals/core/health';
import type { HealthRequest } from '../health.access.js';

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

/** Headers that proxies add, besides all that begin with `x-forwarded` or `x-envoy-`. */
export const FORWARDING_HEADERS: ReadonlySet<string> = new Set([
  'forwarded',
  'forwarded-for',
  'via',
  'cdn-loop', // RFC 8586
  'client-ip',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-remote-ip',
  'x-remote-addr',
  'x-original-forwarded-for',
  'x-original-host',
  'x-original-url',
  'x-original-uri',
  'x-rewrite-url',
  'x-amzn-trace-id',
  'x-appengine-user-ip',
  'x-azure-clientip',
  'x-azure-fdid',
  'x-arr-ssl',
  'x-cloud-trace-context',
  'true-client-ip',
  'cf-connecting-ip',
  'cf-ray',
  'fastly-client-ip',
  'fly-client-ip',
  'akamai-origin-hop',
  'wl-proxy-client-ip',
  'proxy-client-ip',
]);

/** The Node request under a framework's request. */
export function nodeRequestOf(request: FrameworkRequest): IncomingMessage {
  return 'raw' in request ? request.raw : request;
}

/** The Node response under a framework's response. */
export function nodeResponseOf(response: FrameworkResponse): ServerResponse {
  return 'code' in response ? response.raw : response;
}

/** Most requests for health have none. */
const NO_QUERY = new URLSearchParams();

/** Reads a request; `server` is the app's own. */
export function readRequest(request: FrameworkRequest, server: Server | undefined): HealthRequest {
  const raw = nodeRequestOf(request);
  const url = request.originalUrl ?? raw.url ?? '/';
  const queryStart = url.indexOf('?');
  return {
    local: cameByLoopback(raw, server) && !wasForwarded(raw.headers) && !cameFromPage(raw),
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
  else if (status !== 204) flat.push('content-length', 0);
  response.writeHead(status, flat as string[]);
  response.end(body);
}

function wasForwarded(headers: IncomingMessage['headers']): boolean {
  for (const name in headers)
    if (name.startsWith('x-forwarded') || name.startsWith('x-envoy-') || FORWARDING_HEADERS.has(name))
      return true;
  return false;
}

/** Whether a page of another site may have sent it, in the browser of who works on this machine. */
function cameFromPage(request: IncomingMessage): boolean {
  return request.headers['sec-fetch-site'] === 'cross-site' || !isHostOfMachine(request);
}

/** The host of a request target in absolute form (RFC 9112 section 3.2.2). */
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)/i;

/**
 * Whether a request names its host by an IP address or a loopback name (RFC 6761 section 6.3), or not at all. Any other
 * name may be one that somebody's DNS server points at this machine, for a page to read its answers (DNS rebinding).
 */
export function isHostOfMachine({ headers, url }: Pick<IncomingMessage, 'headers' | 'url'>): boolean {
  const inTarget = ABSOLUTE_FORM.exec(url ?? '')?.[1];
  const authority = headers[':authority']; // of HTTP/2
  return [inTarget, headers.host, authority].every((host) => typeof host !== 'string' || isOfMachine(host));
}

function isOfMachine(host: string): boolean {
  const name = host.replace(/:\d*$/, '');
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 || isLocalhostName(name);
}

/** The address that a server is bound to does not change while it listens. */
const boundToLoopback = new WeakMap<Server, boolean>();

/**
 * Whether the server that took the request, which need not be the app's own, listens on a loopback address. A
 * request that came through no socket was injected from within this process.
 */
function cameByLoopback({ socket }: IncomingMessage, own: Server | undefined): boolean {
  const server = (socket as { readonly server?: Server } | undefined)?.server ?? own;
  const known = server && boundToLoopback.get(server);
  if (known !== undefined) return known;
  const address = server?.address();
  if (!server || !address) return !(socket instanceof Socket);
  const loopback = typeof address !== 'string' && isLoopback(address.address);
  boundToLoopback.set(server, loopback);
  return loopback;
}
