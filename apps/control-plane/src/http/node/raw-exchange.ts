import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpException } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { type JsonDocument, parseJson } from '@vitals/core/json';
import { endWithProblem } from './connections.js';

/** The most memory of all bodies that are still arriving, in bytes. */
const MAX_BYTES = 128 * 1024 * 1024;
/** A body of so many bytes costs no more than its connection, and is not counted. */
const SMALL_BYTES = 4 * 1024;

const JSON_HEADERS: readonly string[] = ['content-type', 'application/json; charset=utf-8'];

/** Called once with a body, or with why there is none; never if the caller goes away before it is whole. */
export type ReceiveBody = (error: unknown, body?: JsonDocument) => void;

/** The media types of JSON (RFC 6839 section 3.1). */
export const JSON_MEDIA_TYPE = /^application\/(json|[^;]+\+json)\s*(;|$)/i;

/**
 * Reads a JSON body straight from Node's HTTP, refusing what Fastify refuses with the same statuses; the rules for its
 * members are left to `receive`.
 * @param limit the largest body, in bytes
 */
export function readJson(request: IncomingMessage, limit: number, receive: ReceiveBody): void {
  const isJson = JSON_MEDIA_TYPE.test(request.headers['content-type'] ?? '');
  const refusal = codingFault(request) ?? (isJson ? undefined : notJson());
  if (refusal) {
    request.resume();
    return receive(refusal);
  }
  readBytes(request, limit, (error, bytes) => {
    if (error) return receive(error);
    let body: JsonDocument;
    try {
      body = parseJson(bytes ?? '');
    } catch (fault) {
      return receive(fault);
    }
    receive(undefined, body);
  });
}

/**
 * Reads a body of at most `limit` bytes. Of a longer one the rest is read over, so that its sender sees the answer.
 * @param done called once, with an error or with the bytes; without bytes if there are none
 */
export function readBytes(
  request: IncomingMessage,
  limit: number,
  done: (error: Error | undefined, bytes?: Buffer) => void,
): void {
  let first: Buffer | undefined;
  let rest: Buffer[] | undefined;
  let size = 0;
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > limit) refuse();
    else if (first === undefined) first = chunk;
    else (rest ??= [first]).push(chunk);
  };
  const onEnd = (): void => done(undefined, rest ? Buffer.concat(rest, size) : first);
  const refuse = (): void => {
    request.off('data', onData).off('end', onEnd).resume();
    done(new VitalsError('body-too-large', `the body must have at most ${limit} bytes`));
  };
  if (Number(request.headers['content-length']) > limit) return refuse();
  request.on('data', onData).on('end', onEnd);
}

/** Answers JSON text. */
export function sendJson(response: ServerResponse, text: string, headers = JSON_HEADERS): void {
  response.writeHead(200, [...headers, 'content-length', String(Buffer.byteLength(text))]);
  response.end(text);
}

/** Why a body is refused for its coding, such as gzip; `undefined` if it has none. */
export function codingFault({ headers: { 'content-encoding': coding } }: IncomingMessage): Error | undefined {
  if (coding === undefined || coding.toLowerCase() === 'identity') return undefined;
  return new VitalsError('media-type-unsupported', 'send the body as it is, without a content-encoding');
}

/** The refusal of a body of another media type than JSON. */
export function notJson(): VitalsError {
  return new VitalsError('media-type-unsupported', 'send JSON, with content-type: application/json');
}

/** Bounds the memory of bodies that arrive: who may send them slowly may do so on every connection there can be. */
export class BodyBudget {
  private heldBytes = 0;

  constructor(private readonly maxBytes = MAX_BYTES) {}

  /**
   * Counts a body from now on until it has arrived; called before anybody reads it, in the same turn. Where it is
   * too much, its connection ends with a 503.
   * @param limit the bytes beyond which nothing of the body is kept
   */
  count(request: IncomingMessage, limit: number): void {
    if (Number(request.headers['content-length']) <= SMALL_BYTES) return;
    let held = 0;
    const release = (): void => {
      request.off('data', count);
      this.heldBytes -= held;
      held = 0;
    };
    const count = ({ length }: Buffer): void => {
      held += length;
      this.heldBytes += length;
      if (held > limit) return release();
      if (this.heldBytes <= this.maxBytes) return;
      request.pause();
      const detail = 'too many bodies are arriving at a time; try again later';
      endWithProblem(request.socket, new HttpException(detail, 503), request);
    };
    request.on('data', count).once('close', release);
  }
}
