import type { IncomingMessage, ServerResponse } from 'node:http';
import { VitalsError } from '@vitals/core/errors';
import { formProblem } from '../problem.answer.js';

/** Called once with a body, or with why there is none; never if the caller goes away before it is whole. */
export type TakeBody = (error: unknown, body?: unknown) => void;

/**
 * Reads a JSON body straight from Node's HTTP, refusing what Fastify refuses with the same statuses.
 * @param limit the largest body, in bytes
 */
export function readJson(request: IncomingMessage, limit: number, take: TakeBody): void {
  const { 'content-type': type, 'content-length': length } = request.headers;
  if (type === undefined || !/^application\/(json|[^;]+\+json)\s*(;|$)/i.test(type)) {
    refuse(
      request,
      take,
      new VitalsError('media-type-unsupported', 'send JSON, with content-type: application/json'),
    );
    return;
  }
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
    let body: unknown;
    try {
      body = JSON.parse(bytes === undefined ? '' : bytes.toString());
    } catch (error) {
      const why = bytes === undefined ? 'it is empty' : (error as Error).message;
      take(new VitalsError('request-malformed', `the body is no JSON: ${why}`));
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

function tooLarge(limit: number): VitalsError {
  return new VitalsError('body-too-large', `the body may have ${limit} bytes at most`);
}
