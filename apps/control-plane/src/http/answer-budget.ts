import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { VitalsError } from '@vitals/core/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { JsonBody, JsonText, MAX_PIECE_CHARACTERS } from './json-answer.js';
import { formProblem } from './problem.filter.js';

/** The most memory of all answers that are on their way, in bytes. */
export const MAX_BYTES = 64 * 1024 * 1024;

/** An answer of so many bytes costs little more than its connection, and is never refused. */
export const SMALL_BYTES = 16 * 1024;

/** How long an answer may be on its way before it makes room for others that need it, in milliseconds. */
const MAX_HELD_MS = 60_000;
/** The memory of a stream, in bytes: the piece that is written, and the one behind it. */
const PIECES_BYTES = 2 * MAX_PIECE_CHARACTERS;

/** Bytes that `shareBytes` marked. */
const shared = new WeakSet<Buffer>();

/** Bounds the memory of answers that are on their way, as `BodyBudget` does that of bodies that arrive. */
export class AnswerBudget {
  /** Answers that have not left yet, the oldest first. */
  private readonly held = new Map<ServerResponse, { readonly bytes: number; readonly sinceMs: number }>();
  /** The bytes that are held now. */
  heldBytes = 0;

  /** @param nowMs milliseconds from any origin that never decrease */
  constructor(
    private readonly maxBytes = MAX_BYTES,
    private readonly nowMs = () => performance.now(),
  ) {}

  /**
   * Counts an answer from now on until it has left or its reader has gone; called before it is sent. Where there is
   * no room, whoever has been reading for more than a minute is cut off first.
   * @returns whether there is room for it; always for a small one, which is not counted
   */
  admits(response: ServerResponse, bytes: number): boolean {
    if (bytes <= SMALL_BYTES) return true;
    this.makeRoom(bytes);
    if (this.heldBytes + bytes > this.maxBytes) return false;
    this.count(response, bytes);
    return true;
  }

  /** The same for an answer that is not to be refused, also where there is no room. */
  count(response: ServerResponse, bytes: number): void {
    // its reader went away while it was formed: nothing is sent, and no `close` would release it
    if (bytes <= SMALL_BYTES || response.destroyed) return;
    this.release(response);
    this.held.set(response, { bytes, sinceMs: this.nowMs() });
    this.heldBytes += bytes;
    response.once('close', () => this.release(response));
  }

  private makeRoom(bytes: number): void {
    for (const [response, { sinceMs }] of this.held) {
      if (this.heldBytes + bytes <= this.maxBytes || this.nowMs() - sinceMs <= MAX_HELD_MS) return;
      this.release(response);
      response.destroy();
    }
  }

  private release(response: ServerResponse): void {
    this.heldBytes -= this.held.get(response)?.bytes ?? 0;
    this.held.delete(response);
  }
}

/** Lets handlers answer `JsonText`, and refuses long answers for which there is no room. */
export function boundAnswers(fastify: FastifyInstance, budget: AnswerBudget): void {
  // its declared type forgets that Fastify sends bytes and streams as they are
  fastify.setReplySerializer((payload) =>
    payload instanceof JsonText ? (payload.body as unknown as string) : JSON.stringify(payload),
  );
  fastify.addHook('onSend', (request, reply, payload: unknown, done) => {
    if (request.method === 'HEAD') done(null, withoutReading(payload));
    else if (budget.admits(reply.raw, bytesOf(payload))) done(null, payload);
    else done(null, refuse(request, reply, payload));
  });
}

function bytesOf(payload: unknown): number {
  if (typeof payload === 'string') return Buffer.byteLength(payload);
  if (Buffer.isBuffer(payload)) return shared.has(payload) ? 0 : payload.length;
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

/** Marks bytes that stay in memory and are sent without a copy: an answer of them is not counted. Returns them. */
export function shareBytes(bytes: Buffer): Buffer {
  shared.add(bytes);
  return bytes;
}
