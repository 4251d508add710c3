import type { IncomingMessage, ServerResponse } from 'node:http';
import { VitalsError } from '@vitals/core/errors';
import { type JsonDocument, parseJson } from '@vitals/core/json';
import { formProblem } from '../problem.answer.js';

/** Called once with a body, or with why there is none; never if the caller goes away before it is whole. */
export type TakeBody = (error: unknown, body?: JsonDocument) => void;

/** The media types of JSON (RFC 6839 section 3.1). */
export const JSON_MEDIA_TYPE = /^application\/(json|[^;]+\+json)\s*(;|$)/i;

/**
 * Reads a JSON body straight from Node's HTTP, refusing what Fastify refuses with the same statuses; the rules for its
 * members are left to whoever takes it.
 * @param limit the largest body, in bytes
 */
export function readJson(request: IncomingMessage, limit: number, take: TakeBody): void {
  const { 'content-type': type, 'content-length': length } = request.headers;
  if (isEncoded(request)) return refuse(request, take, encoded());
  if (type === undefined || !JSON_MEDIA_TYPE.test(type)) return refuse(request, take, notJson());
  if (Number(length) > limit) {
    refuse(request, take, tooLarge(limit));
    return;
  }
  let first: Buffer | undefined;
  let rest: Buffer[] | undefined;
  let size = 0;
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > limit) {
      request.off('data', onData).off('end', onEnd);
      refuse(request, take, tooLarge(limit));
    } else if (first === undefined) first = chunk;
    else (rest ??= [first]).push(chunk);
  };
  const onEnd = (): void => {
    const bytes = rest ? Buffer.concat(rest, size) : first;
    let body: JsonDocument;
    try {
      body = parseJson(bytes ?? '');
    } catch (error) {
      take(error);
      return;
    }
    take(undefined, body);
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

const JSON_HEADERS: readonly string[] = ['content-type', 'application/json; charset=utf-8'];

/** Answers an error as a problem, as the filter does for Nest's routes. */
export function sendRawProblem(error: unknown, request: IncomingMessage, response: ServerResponse): void {
  const { status, headers, text } = formProblem(error, request);
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function refuse(request: IncomingMessage, take: TakeBody, error: VitalsError): void {
  request.resume();
  take(error);
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
