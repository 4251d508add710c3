import type { IncomingMessage } from 'node:http';
import { VitalsError } from '@vitals/core/errors';
import { readJson } from '@vitals/core/json';
import type { FastifyInstance } from 'fastify';
import type { BodyBudget } from './node/body-budget.js';
import { encoded, isEncoded, JSON_MEDIA_TYPE, notJson, tooLarge } from './node/raw-exchange.js';
import type { RouteTable } from './route-table.js';

/** What a request without a body has of these headers. */
const NO_BODY = { 'content-type': undefined, 'content-length': undefined, 'transfer-encoding': undefined };

/**
 * Has Fastify read bodies with the one reader of JSON. A call that reads no body passes over whatever comes with it,
 * of any type, up to `limit` bytes: clients send `content-type` with nothing behind it, and generated ones `{}`.
 */
export function readBodies(
  instance: FastifyInstance,
  routes: RouteTable,
  budget: BodyBudget,
  limit: number,
): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser(JSON_MEDIA_TYPE, { parseAs: 'buffer' }, (_request, body, done) => {
    const bytes = body as Buffer;
    try {
      // what is missing is told by the rules of the body, member by member
      done(null, bytes.length === 0 ? undefined : readJson(bytes));
    } catch (error) {
      done(error as Error);
    }
  });
  instance.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
    done((body as Buffer).length === 0 ? null : notJson()),
  );
  instance.addHook('preParsing', (request, _reply, payload, done) => {
    budget.count(request.raw, limit);
    if (routes.readsBody(request.method, request.routeOptions.url))
      return isEncoded(request.raw) ? done(encoded()) : done(null, payload);
    request.headers = NO_BODY;
    passOver(request.raw, limit, done);
  });
}

/** Calls `done` when the body has come, or with an error once it is longer than `limit` bytes. */
function passOver(request: IncomingMessage, limit: number, done: (error?: Error | null) => void): void {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && Number(length) === 0) return done();
  let size = 0;
  const end = (error?: Error): void => {
    request.off('data', onData).off('end', end).off('error', onError);
    // the rest is read over, so that whoever sends it sees the answer
    request.resume();
    done(error);
  };
  const onError = (): void => end(new VitalsError('request-malformed', 'the body ended early'));
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > limit) end(tooLarge(limit));
  };
  if (Number(length) > limit) return end(tooLarge(limit));
  request.on('data', onData).on('end', end).on('error', onError);
}
