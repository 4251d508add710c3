import { authorityOf, type GrpcTarget } from '@vitals/core/check';
import { decodeCheckResponse, encodeCheckRequest, type ServingStatus } from '@vitals/core/grpc';
import { connect as overHttp2, constants, type IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import type { Connector } from './connector.js';
import { failure, type Finding, success } from './finding.js';
import { hostText } from './host.js';
import type { ProbeRun } from './probe-run.js';
import { demandOf } from './tls-demand.js';

/** Status codes of gRPC that mean something special here. */
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

/** Bytes before each message of gRPC: whether it is compressed, and its length. */
export const FRAME_HEADER_BYTES = 5;

/** An answer to `Check` has a few bytes; more than these are not read. */
const MAX_READ = 4_096;

/** What a connection may bring besides, in bytes: settings, headers, the frames of a chatty server. */
const MAX_RECEIVED = 262_144;
/** How often that is looked at, in milliseconds. */
const LOOK_EVERY_MS = 50;

/** In MB; the least that Node.js takes. */
const MAX_SESSION_MEMORY = 1;

const METHOD = '/grpc.health.v1.Health/Check';

/** What came back of one call. */
interface GrpcReply {
  /** Of HTTP; gRPC answers with 200 whatever it has to say. */
  readonly httpStatus: number;
  /** `grpc-status` of the trailers, or of the headers where there is nothing else; `undefined` if it is missing. */
  readonly status: number | undefined;
  /** `grpc-message`, with its percent-encoding undone. */
  readonly detail: string;
  /** The message with its header, as far as it was read. */
  readonly frame: Buffer;
}

/** What a call needs to know. */
interface GrpcCall {
  /** The server that is asked, as RFC 3986 section 3.2 writes it, without user information. */
  readonly authority: string;
  readonly isSecure: boolean;
  readonly service: string;
  readonly timeoutMs: number;
}

/**
 * Whether a gRPC server says that it serves, by the gRPC health checking protocol. Each look opens a connection of its
 * own: whether one can be opened is part of the question.
 */
export class GrpcProbe {
  constructor(private readonly connector: Connector) {}

  /** @throws what `Connector.connect` throws, and the errors of `node:http2` */
  async look(target: GrpcTarget, run: ProbeRun): Promise<Finding> {
    const { host, port, service, tls: isSecure, tlsSkipVerify } = target;
    const tls = isSecure ? { tls: demandOf(target, { verify: !tlsSkipVerify, protocols: ['h2'] }) } : {};
    const socket = await run.connect(this.connector, { host, port, ...tls });
    run.step = 'waiting for the answer';
    const call = { authority: calledOf(target), isSecure, service, timeoutMs: run.timeoutMs };
    return judge(await callCheck(socket, call, run.signal), service);
  }
}

/** What the server is called in the call. */
function calledOf({ authority, host, port, tls, serverName = host }: GrpcTarget): string {
  return authority ?? authorityOf(tls ? 'https' : 'http', hostText(serverName), port);
}

function judge({ httpStatus, status, detail, frame }: GrpcReply, service: string): Finding {
  const who = service === '' ? 'the server' : `service ${service}`;
  if (httpStatus !== 200) return failure(`answered HTTP ${httpStatus}, which no gRPC server does`);
  if (status === undefined) return failure('the answer has no grpc-status, or is too long');
  if (status === UNIMPLEMENTED) return failure('the server does not implement grpc.health.v1.Health');
  if (status === NOT_FOUND) return failure(`the server does not know ${who}`);
  if (status !== 0) return failure(`answered gRPC status ${status}${detail && `: ${detail}`}`);
  const said = readCheckResponse(frame);
  if (said === undefined) return failure('the answer is not a HealthCheckResponse');
  return said === 'SERVING' ? success(`${who} is SERVING`) : failure(`${who} is ${said}`);
}

/** `HealthCheckRequest` with the header of a gRPC message, which says that it is not compressed. */
export function frameCheckRequest(service: string): Buffer {
  const message = encodeCheckRequest({ service });
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}

/** Reads `HealthCheckResponse` with its gRPC header; `undefined` if it is no such message, or not complete. */
export function readCheckResponse(frame: Buffer): ServingStatus | undefined {
  if (frame.length < FRAME_HEADER_BYTES || frame[0] !== 0) return undefined;
  const message = frame.subarray(FRAME_HEADER_BYTES);
  if (message.length !== frame.readUInt32BE(1)) return undefined;
  try {
    return decodeCheckResponse(message).status;
  } catch {
    return undefined;
  }
}

/**
 * Calls `grpc.health.v1.Health/Check` (gRPC over HTTP/2) on a connection that is open, and closes it, also when the
 * signal fires.
 * @throws the error of `node:http2`, or the signal's reason
 */
function callCheck(
  socket: Socket,
  { authority, isSecure, service, timeoutMs }: GrpcCall,
  signal: AbortSignal,
): Promise<GrpcReply> {
  return new Promise((resolve, reject) => {
    const scheme = isSecure ? 'https' : 'http';
    const session = overHttp2(`${scheme}://${authority}`, {
      createConnection: () => socket,
      maxSessionMemory: MAX_SESSION_MEMORY,
      settings: { enablePush: false },
    });
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', abort);
      clearInterval(watch);
      session.destroy();
      socket.destroy();
      settle();
    };
    const fail = (error: Error): void => end(() => reject(error));
    const abort = (): void => fail(signal.reason as Error);
    // frames that are no part of the answer are read by the session, and shown to nobody
    const watch = setInterval(() => {
      if (socket.bytesRead > MAX_RECEIVED)
        fail(new Error('the server sends without end and does not answer'));
    }, LOOK_EVERY_MS);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort);
    session.on('error', fail);
    session.once('close', () => fail(new Error('the connection was closed without an answer')));
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_SCHEME]: scheme,
      // node:http2 would leave out the brackets of an IPv6 address
      [constants.HTTP2_HEADER_AUTHORITY]: authority,
      [constants.HTTP2_HEADER_PATH]: METHOD,
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': 'vitals-check',
      'grpc-timeout': `${Math.ceil(timeoutMs)}m`,
    });
    let headers: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (): void => {
      if (headers[constants.HTTP2_HEADER_STATUS] === undefined)
        return fail(new Error('the call was closed without an answer'));
      const said = trailers['grpc-status'] === undefined ? headers : trailers;
      const status = said['grpc-status'];
      end(() =>
        resolve({
          httpStatus: Number(headers[constants.HTTP2_HEADER_STATUS]),
          status: status === undefined ? undefined : Number(status),
          detail: decoded(String(said['grpc-message'] ?? '')),
          frame: Buffer.concat(chunks),
        }),
      );
    };
    stream.on('error', fail);
    stream.on('response', (given) => (headers = given));
    stream.on('trailers', (given) => (trailers = given));
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_READ + FRAME_HEADER_BYTES) finish();
    });
    stream.on('end', finish);
    stream.end(frameCheckRequest(service));
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
