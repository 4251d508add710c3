import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpException } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { type JsonDocument, parseJson } from '@vitals/core/json';
import { formProblem } from '../problem.filter.js';
import { endWithAnswer } from './connections.js';

/** What all bodies that are still arriving may take together, in bytes. */
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
  const { 'content-type': type, 'content-length': length } = request.headers;
  if (isEncoded(request)) return refuse(request, receive, encoded());
  if (type === undefined || !JSON_MEDIA_TYPE.test(type)) return refuse(request, receive, notJson());
  if (Number(length) > limit) return refuse(request, receive, tooLarge(limit));
  let first: Buffer | undefined;
  let rest: Buffer[] | undefined;
  let size = 0;
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > limit) {
      request.off('data', onData).off('end', onEnd);
      refuse(request, receive, tooLarge(limit));
    } else if (first === undefined) first = chunk;
    else (rest ??= [first]).push(chunk);
  };
  const onEnd = (): void => {
    const bytes = rest ? Buffer.concat(rest, size) : first;
    let body: JsonDocument;
    try {
      body = parseJson(bytes ?? '');
    } catch (error) {
      receive(error);
      return;
    }
    receive(undefined, body);
  };
  request.on('data', onData);
  request.on('end', onEnd);
}

/** Answers JSON text. */
export function sendJson(
  response: ServerResponse,
  text: string,
  headers: readonly string[] = JSON_HEADERS,
): void {
  response.writeHead(200, [...headers, 'content-length', String(Buffer.byteLength(text))]);
  response.end(text);
}

function refuse(request: IncomingMessage, receive: ReceiveBody, error: VitalsError): void {
  request.resume();
  receive(error);
}

/** Whether a body is in a coding such as gzip. */
export function isEncoded({ headers: { 'content-encoding': coding } }: IncomingMessage): boolean {
  return coding !== undefined && coding.toLowerCase() !== 'identity';
}

/** A body in a coding. */
export function encoded(): VitalsError {
  return new VitalsError('media-type-unsupported', 'send the body as it is, without a content-encoding');
}

/** A body of another media type than JSON. */
export function notJson(): VitalsError {
  return new VitalsError('media-type-unsupported', 'send JSON, with content-type: application/json');
}

/** A body of more than `limit` bytes. */
export function tooLarge(limit: number): VitalsError {
  return new VitalsError('body-too-large', `the body must have at most ${limit} bytes`);
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
      endWithAnswer(request.socket, formProblem(new HttpException(detail, 503), request));
    };
    request.on('data', count).once('close', release);
  }
}
