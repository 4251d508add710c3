import type { GrpcTarget } from '@vitals/core/check';
import { ManualClock } from '@vitals/core/time';
import {
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
  type ServerHttp2Session,
} from 'node:http2';
import type { Server } from 'node:net';
import { certificate, daysFromNow } from '../../../../libs/health/test/certificate.js';
import { outbound } from '../../test/outbound/outbound-fixture.js';
import { closeServers, letGo, listen, saying } from '../../test/outbound/test-servers.js';
import { passTimeUntil } from '../../test/outbound/virtual-time.js';

afterEach(closeServers);

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' };
const leaf = certificate({ commonName: 'target.test', names: ['target.test'], notAfter: daysFromNow(9) });

const target = (port: number, more: Partial<GrpcTarget> = {}): GrpcTarget => ({
  kind: 'grpc',
  host: 'target.test',
  port,
  service: '',
  tls: false,
  tlsSkipVerify: false,
  ...more,
});

type Serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, request: Buffer) => void;

function serving<T extends ReturnType<typeof createServer> | ReturnType<typeof createSecureServer>>(
  server: T,
  serve: Serve,
): Server {
  server.on('session', (session: ServerHttp2Session) => session.on('error', () => undefined));
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    const chunks: Buffer[] = [];
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => serve(stream, headers, Buffer.concat(chunks)));
  });
  return server as unknown as Server;
}

const frame = (...message: number[]): Buffer => Buffer.from([0, 0, 0, 0, message.length, ...message]);

/** Answers with a message and trailers. */
const says =
  (message: Buffer, trailers: Record<string, string> = { 'grpc-status': '0' }): Serve =>
  (stream) => {
    stream.respond(HEADERS, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.end(message);
  };

/** Answers with headers alone, as gRPC does where there is no message. */
const refuses =
  (headers: Record<string, string | number>): Serve =>
  (stream) =>
    stream.respond({ ...HEADERS, ...headers }, { endStream: true });

async function asked(serve: Serve, more: Partial<GrpcTarget> = {}) {
  const server = await listen(serving(createServer(), serve));
  const result = await outbound().prober.probe(target(server.port, more), 10_000);
  await Promise.all(server.connections.map(letGo));
  return result;
}

describe('GrpcProbe', () => {
  it.each([
    ['SERVING', frame(8, 1), '', 'success', 'the server is SERVING'],
    ['SERVING of a service', frame(8, 1), 'shop.Orders', 'success', 'service shop.Orders is SERVING'],
    ['NOT_SERVING', frame(8, 2), '', 'failure', 'the server is NOT_SERVING'],
    ['UNKNOWN, as an empty message', frame(), '', 'failure', 'the server is UNKNOWN'],
    ['SERVICE_UNKNOWN', frame(8, 3), 'x', 'failure', 'service x is SERVICE_UNKNOWN'],
    ['a status of the future', frame(8, 77), '', 'failure', 'the server is UNKNOWN'],
    [
      'unknown fields too',
      frame(18, 2, 65, 66, 8, 1, 29, 1, 2, 3, 4),
      '',
      'success',
      'the server is SERVING',
    ],
    ['half a message', frame(8), '', 'failure', 'the answer is not a HealthCheckResponse'],
    ['nothing', Buffer.alloc(0), '', 'failure', 'the answer is not a HealthCheckResponse'],
    [
      'a compressed message',
      Buffer.from([1, 0, 0, 0, 2, 8, 1]),
      '',
      'failure',
      'the answer is not a HealthCheckResponse',
    ],
    ['far too much', Buffer.alloc(100_000), '', 'failure', 'the answer has no grpc-status, or is too long'],
  ])('judges a server that says %s', async (_what, message, service, outcome, text) => {
    expect(await asked(says(message), { service })).toMatchObject({ outcome, message: text });
  });

  it.each([
    [{ 'grpc-status': 5 }, 'the server does not know service x'],
    [{ 'grpc-status': 12 }, 'the server does not implement grpc.health.v1.Health'],
    [{ 'grpc-status': 7, 'grpc-message': 'not%20you%0A%E2%9C%93' }, 'answered gRPC status 7: not you ✓'],
    [{ 'grpc-status': 13, 'grpc-message': '%zz' }, 'answered gRPC status 13: %zz'],
    [{ ':status': 404 }, 'answered HTTP 404, which no gRPC server does'],
    [{}, 'the answer has no grpc-status, or is too long'],
  ])('fails for a server that answers %j', async (headers, message) => {
    expect(await asked(refuses(headers), { service: 'x' })).toMatchObject({ outcome: 'failure', message });
  });

  it('asks as gRPC prescribes', async () => {
    let seen: object = {};
    await asked(
      (stream, headers, request) => {
        const { ':method': method, ':path': path, 'content-type': type, te } = headers;
        seen = { method, path, type, te, request: [...request] };
        says(frame(8, 1))(stream, headers, request);
      },
      { service: 'ab' },
    );
    expect(seen).toEqual({
      method: 'POST',
      path: '/grpc.health.v1.Health/Check',
      type: 'application/grpc',
      te: 'trailers',
      request: [0, 0, 0, 0, 4, 10, 2, 97, 98],
    });
  });

  it.each([
    ['resets the call', (stream: ServerHttp2Stream) => stream.close(8)],
    ['closes the connection', (stream: ServerHttp2Stream) => stream.session?.destroy()],
  ])('fails for a server that %s', async (_what, serve) => {
    expect(await asked(serve)).toMatchObject({ outcome: 'failure' });
  });

  it('fails where nobody speaks HTTP/2', async () => {
    const { port } = await saying('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
    expect(await outbound().prober.probe(target(port), 10_000)).toMatchObject({ outcome: 'failure' });
  });

  it('cuts off a server that never answers', async () => {
    const server = await listen(serving(createServer(), () => undefined));
    const clock = new ManualClock();
    const result = await passTimeUntil(clock, outbound({ clock }).prober.probe(target(server.port), 2_000));
    expect(result.outcome).toBe('failure');
    await Promise.all(server.connections.map(letGo));
  });

  it.each([
    ['a trusted certificate', leaf.cert, {}, 'success'],
    ['one that is not trusted', undefined, {}, 'failure'],
    ['one that is not trusted, where that is to be skipped', undefined, { tlsSkipVerify: true }, 'success'],
  ])('speaks TLS with %s', async (_what, ca, more, outcome) => {
    const { port } = await listen(serving(createSecureServer(leaf), says(frame(8, 1))));
    const { prober } = outbound(ca === undefined ? {} : { ca });
    expect(await prober.probe(target(port, { tls: true, ...more }), 10_000)).toMatchObject({ outcome });
  });
});
