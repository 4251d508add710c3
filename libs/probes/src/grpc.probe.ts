import { authorityOf, type GrpcTarget, percentDecoded } from '@vitals/core/check';
import { decodeCheckResponse, encodeCheckRequest, type ServingStatus } from '@vitals/core/grpc';
import { connect as overHttp2, constants, type IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import { abortable } from './abortable.js';
import type { Connector } from './connector.js';
import { failure, type Finding, success } from './finding.js';
import { hostText } from './host.js';
import type { ProbeRun } from './probe-run.js';

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
  readonly status: string | undefined;
  /** `grpc-message`, with its percent-encoding undone. */
  readonly detail: string;
  /** The message with its header, as far as it was read. */
  readonly frame: Buffer;
}

/**
 * Whether a gRPC server says that it serves, by the gRPC health checking protocol. Each look opens a connection of its
 * own: whether one can be opened is part of the question.
 * @throws what `Connector.connect` throws, and the errors of `node:http2`
 */
export async function lookAtGrpc(connector: Connector, target: GrpcTarget, run: ProbeRun): Promise<Finding> {
  const { host, port, tls: isSecure, tlsSkipVerify } = target;
  const tls = isSecure ? { tls: { ...target, verify: !tlsSkipVerify, protocols: ['h2'] } } : {};
  const socket = await run.connect(connector, { host, port, ...tls });
  run.step = 'waiting for the answer';
  return judge(await callCheck(socket, target, run), target.service);
}

function judge({ httpStatus, status, detail, frame }: GrpcReply, service: string): Finding {
  const who = service === '' ? 'the server' : `service ${service}`;
  if (httpStatus !== 200) return failure(`answered HTTP ${httpStatus}, which no gRPC server does`);
  if (status === undefined) return failure('the answer has no grpc-status, or is too long');
  const code = Number(status);
  if (code === UNIMPLEMENTED) return failure('the server does not implement grpc.health.v1.Health');
  if (code === NOT_FOUND) return failure(`the server does not know ${who}`);
  if (code !== 0) return failure(`answered gRPC status ${code}${detail && `: ${detail}`}`);
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

/** Calls `Check` (gRPC over HTTP/2) on a connection that is open, and closes it, also when the signal fires. */
function callCheck(socket: Socket, target: GrpcTarget, { signal, timeoutMs }: ProbeRun): Promise<GrpcReply> {
  if (signal.aborted) socket.destroy();
  const { host, port, service, serverName = host } = target;
  const scheme = target.tls ? 'https' : 'http';
  const authority = target.authority ?? authorityOf(scheme, hostText(serverName), port);
  return abortable<GrpcReply>(signal, (resolve, reject) => {
    const session = overHttp2(`${scheme}://${authority}`, {
      createConnection: () => socket,
      maxSessionMemory: MAX_SESSION_MEMORY,
      settings: { enablePush: false },
    });
    // frames that are no part of the answer are read by the session, and shown to nobody
    const watch = setInterval(() => {
      if (socket.bytesRead > MAX_RECEIVED)
        reject(new Error('the server sends without end and does not answer'));
    }, LOOK_EVERY_MS);
    session.on('error', reject);
    session.once('close', () => reject(new Error('the connection was closed without an answer')));
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
      const httpStatus = headers[constants.HTTP2_HEADER_STATUS];
      if (httpStatus === undefined) return reject(new Error('the call was closed without an answer'));
      const said = trailers['grpc-status'] === undefined ? headers : trailers;
      resolve({
        httpStatus: Number(httpStatus),
        status: said['grpc-status']?.toString(),
        detail: percentDecoded(String(said['grpc-message'] ?? '')),
        frame: Buffer.concat(chunks),
      });
    };
    stream.on('error', reject);
    stream.on('response', (given) => (headers = given));
    stream.on('trailers', (given) => (trailers = given));
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_READ + FRAME_HEADER_BYTES) finish();
    });
    stream.on('end', finish);
    stream.end(frameCheckRequest(service));
    return () => {
      clearInterval(watch);
      session.destroy();
      socket.destroy();
    };
  });
}
