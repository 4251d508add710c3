import { Injectable, Logger } from '@nestjs/common';
import { emptyAnswer, problemAnswer, type WireAnswer } from '@vitals/core/health';
import type { HealthRequest } from './health.responder.js';
import type { HealthRoute } from './health.routes.js';

/** Answers a request at a route, whatever serves it: wrong methods, and failures to answer, in one place. */
@Injectable()
export class HealthExchange {
  private readonly logger = new Logger('HealthModule');

  /** Forms the answer, at once if it can, and hands it to `send`, once. Never throws or rejects. */
  handle(
    route: HealthRoute,
    method: string,
    readRequest: () => HealthRequest,
    send: (answer: WireAnswer) => void,
  ): void {
    if (method !== 'GET' && method !== 'HEAD') return send(methodNotAllowed());
    const fail = (error: unknown): void => send(this.failed(error));
    try {
      const answer = route.answer(readRequest());
      if (answer instanceof Promise) answer.then(send, fail);
      else send(answer);
    } catch (error) {
      fail(error);
    }
  }

  private failed(error: unknown): WireAnswer {
    const cause = error instanceof Error ? error.stack : String(error);
    this.logger.error('no health answer could be formed', cause);
    return emptyAnswer(500);
  }
}

/** The answer to a method that a health endpoint does not know. */
export function methodNotAllowed(): WireAnswer {
  return problemAnswer(405, 'Method Not Allowed', 'health is read with GET or HEAD', { allow: 'GET, HEAD' });
}
