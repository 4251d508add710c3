import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { decodeCheckResponse, encodeCheckRequest } from '@vitals/core/grpc';
import { closeAfterTest } from './grpc-app.js';

/** An exchange of bytes with the server, below any gRPC client. */
export interface Exchange {
  readonly stream: ClientHttp2Stream;
  /** Statuses that arrived so far. */
  readonly statuses: string[];
  /** What the call ended with; `undefined` until then. */
  readonly code: () => string | undefined;
  readonly message: () => string | undefined;
}

/** The prefix and the bytes of a message; gRPC over HTTP/2, "Length-Prefixed-Message". */
export function frame(bytes: Uint8Array, compressed = 0, length = bytes.length): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(compressed, 0);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, bytes]);
}

/** A request for a service. */
export const ask = (service: string): Buffer => frame(encodeCheckRequest({ service }));

/** A connection that is closed after the test. */
export function session(port: number, initialWindowSize = 65_535): ClientHttp2Session {
  const client = connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize } });
  client.on('error', () => undefined);
  closeAfterTest(() => client.destroy());
  return client;
}

/** Begins a call; what it is asked is written to its stream. */
export function call(
  client: ClientHttp2Session,
  method: string,
  headers: Record<string, string> = {},
): Exchange {
  const stream = client.request({
    ':method': 'POST',
    ':path': `/grpc.health.v1.Health/${method}`,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  const statuses: string[] = [];
  let buffered = Buffer.alloc(0);
  let end: Record<string, unknown> = {};
  const keep = (fields: Record<string, unknown>): void => {
    if ('grpc-status' in fields) end = fields;
  };
  stream
    .on('error', () => undefined)
    .on('response', keep)
    .on('trailers', keep);
  stream.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    while (buffered.length >= 5 && buffered.length >= 5 + buffered.readUInt32BE(1)) {
      const size = 5 + buffered.readUInt32BE(1);
      statuses.push(decodeCheckResponse(buffered.subarray(5, size)).status);
      buffered = buffered.subarray(size);
    }
  });
  const text = (name: string) => (): string | undefined => end[name]?.toString();
  return { stream, statuses, code: text('grpc-status'), message: text('grpc-message') };
}
