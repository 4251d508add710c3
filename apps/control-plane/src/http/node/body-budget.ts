import type { IncomingMessage } from 'node:http';
import { HttpException } from '@nestjs/common';
import { formProblem } from '../problem.answer.js';
import { endWithAnswer } from './connections.js';

/** What all bodies that are still arriving may take together, in bytes. */
const MAX_BYTES = 128 * 1024 * 1024;

/** A body of so many bytes costs no more than its connection, and is not counted. */
const SMALL_BYTES = 4 * 1024;

/** Bounds the memory of bodies that arrive: who may send them slowly may do so on every connection there can be. */
export class BodyBudget {
  private heldBytes = 0;

  constructor(private readonly mostBytes = MAX_BYTES) {}

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
      if (this.heldBytes <= this.mostBytes) return;
      request.pause();
      const detail = 'too many bodies are arriving at a time; try again later';
      endWithAnswer(request.socket, formProblem(new HttpException(detail, 503), request));
    };
    request.on('data', count).once('close', release);
  }
}
