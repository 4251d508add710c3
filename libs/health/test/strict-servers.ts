import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  constants,
  createSecureServer,
  createServer as createHttp2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import {
  type AddressInfo,
  createServer as createTcpServer,
  isIP,
  isIPv6,
  type Server,
  type Socket,
} from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.js';
import { closeAfterTest } from './ready-made-check.js';

/** The protocols that a strict server speaks. */
export const STRICT_PROTOCOLS = ['http', 'https', 'grpc', 'grpc+tls', 'tls', 'tcp'] as const;

/** One of the protocols. */
export type StrictProtocol = (typeof STRICT_PROTOCOLS)[number];

/** A server that refuses whoever does not name it as the standards prescribe, and what it was told. */
export interface StrictServer {
  readonly port: number;
  /** `Host` or `:authority` of each request, in order. */
  readonly authorities: readonly string[];
  /** What was asked for by SNI, in order; nothing for a connection that asked for nothing. */
  readonly serverNames: readonly string[];
  /** The common name of the client's certificate on each connection. */
  readonly clients: readonly (string | undefined)[];
  /** How many connections were made. */
  readonly connections: () => number;
}

/** Settings of a strict server that differ from test to test. */
export interface StrictOptions {
  readonly certificate?: Certificate;
  /** Who signs the certificates of clients; without one no client may come. */
  readonly clientCa?: string;
}

interface Told {
  authority(text: string | undefined): void;
  serverName(name: string): void;
}

const SERVING = Buffer.from([0, 0, 0, 0, 2, 8, 1]);

/** `host [":" port]` of RFC 3986 section 3.2, without user information. */
export function isAuthority(text: string | undefined): boolean {
  const [, literal, name] =
    /^(?:\[([^\]]*)\]|((?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+))(?::\d*)?$/.exec(text ?? '') ?? [];
  return literal === undefined ? name !== undefined : isIPv6(literal) && !literal.includes('%');
}

/** A server on loopback of both families; it is closed after the test. */
export async function strictServer(
  protocol: StrictProtocol,
  options: StrictOptions = {},
): Promise<StrictServer> {
  const authorities: string[] = [];
  const serverNames: string[] = [];
  const clients: (string | undefined)[] = [];
  const server = serverOf(protocol, options, {
    authority: (text) => authorities.push(String(text)),
    serverName: (name) => serverNames.push(name),
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    clients.push(commonNameOf(socket));
    socket.on('error', () => undefined);
  });
  server.on('tlsClientError', () => undefined);
  server.on('session', (session: ServerHttp2Session) => session.on('error', () => undefined));
  closeAfterTest(server);
  closeAfterTest({
    close: (done) => {
      for (const socket of sockets) socket.destroy();
      done?.();
    },
  });
  server.listen(0, '::');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, authorities, serverNames, clients, connections: () => sockets.size };
}

function serverOf(protocol: StrictProtocol, { certificate, clientCa }: StrictOptions, told: Told): Server {
  const mutual = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true };
  const SNICallback = (name: string, answered: (fault: Error | null) => void): void => {
    told.serverName(name);
    // RFC 6066 section 3: no address, and no dot at the end
    answered(isIP(name) !== 0 || name.endsWith('.') ? new Error('no server name') : null);
  };
  const tls = { cert: certificate?.cert, key: certificate?.key, ...mutual, SNICallback };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const hosts = request.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
    told.authority(request.headers.host);
    // RFC 9112 section 3.2
    response.writeHead(hosts.length === 1 && isAuthority(request.headers.host) ? 200 : 400).end('ok');
  };
  const check = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void => {
    told.authority(headers[':authority']);
    stream.on('error', () => undefined);
    if (!isAuthority(headers[':authority']) || 'host' in headers)
      return stream.close(constants.NGHTTP2_PROTOCOL_ERROR);
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(SERVING);
  };
  switch (protocol) {
    case 'http':
      return createHttpServer(answer);
    case 'https':
      return createHttpsServer(tls, answer);
    case 'grpc':
      return createHttp2Server().on('stream', check) as unknown as Server;
    case 'grpc+tls':
      return createSecureServer(tls).on('stream', check) as unknown as Server;
    case 'tls':
      return createTlsServer(tls, (socket) => void socket.resume());
    case 'tcp':
      return createTcpServer((socket) => void socket.resume());
    default:
      return protocol satisfies never;
  }
}

function commonNameOf(socket: TLSSocket): string | undefined {
  // an empty object where there is none
  return (socket.getPeerCertificate() as { subject?: { CN?: string | string[] } }).subject?.CN?.toString();
}
