import { Readable } from 'node:stream';
import { VitalsError } from '@vitals/core/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { formProblem } from '../problem.answer.js';
import type { AnswerBudget } from './answer-budget.js';
import { JsonBody, JsonStream, MAX_PIECE_CHARACTERS } from './json-stream.js';
import { JsonText } from './json-text.js';
import { areShared } from './shared-bytes.js';

/** What a stream holds of its body, in bytes: the piece that is written, and the one behind it. */
const PIECES_BYTES = 2 * MAX_PIECE_CHARACTERS;

/** Lets handlers answer `JsonText` and `JsonStream`, and refuses long answers for which there is no room. */
export function boundAnswers(fastify: FastifyInstance, budget: AnswerBudget): void {
  // its declared type forgets that Fastify sends bytes and streams as they are
  fastify.setReplySerializer((payload) => formOf(payload) as string);
  fastify.addHook('onSend', (request, reply, payload: unknown, done) => {
    if (request.method === 'HEAD') done(null, withoutReading(payload));
    else if (budget.admits(reply.raw, bytesOf(payload))) done(null, payload);
    else done(null, refuse(request, reply, payload));
  });
}

function formOf(payload: unknown): unknown {
  if (payload instanceof JsonText) return payload.bytes;
  return payload instanceof JsonStream ? payload.body : JSON.stringify(payload);
}

function bytesOf(payload: unknown): number {
  if (typeof payload === 'string') return Buffer.byteLength(payload);
  if (Buffer.isBuffer(payload)) return areShared(payload) ? 0 : payload.length;
  if (payload instanceof JsonBody) return payload.heldBytes + PIECES_BYTES;
  return payload instanceof Readable ? PIECES_BYTES : 0;
}

/** Fastify would read a stream to its end to answer a HEAD. */
function withoutReading(payload: unknown): unknown {
  if (!(payload instanceof Readable)) return payload;
  payload.destroy();
  return Readable.from([]);
}

function refuse(request: FastifyRequest, reply: FastifyReply, payload: unknown): string {
  if (payload instanceof Readable) payload.destroy();
  const detail = 'too many answers are being read at a time; try again later';
  const { status, headers, text } = formProblem(new VitalsError('overloaded', detail), request);
  void reply.removeHeader('content-length').code(status).headers(headers);
  return text;
}
