import { Injectable, Logger } from '@nestjs/common';
import { emptyAnswer, problemAnswer, type WireAnswer } from '@vitals/core/health';
import { textOf } from '../../error-text.js';
import { DetailPolicy } from '../detail.policy.js';
import type { HealthRequest } from '../health.responder.js';
import type { HealthRoute } from '../health.routes.js';

const METHOD_NOT_ALLOWED = problemAnswer(405, 'Method Not Allowed', 'health is read with GET or HEAD', {
  allow: 'GET, HEAD',
});

/** Answers a request at a route, whatever serves it: wrong methods, and failures to answer, in one place. */
@Injectable()
export class HealthExchange {
  private readonly logger = new Logger('Health');

  constructor(private readonly policy: DetailPolicy) {}

  /** Forms the answer, at once if it can. Never throws or rejects. */
  answer(
    route: HealthRoute,
    method: string,
    readRequest: () => HealthRequest,
  ): WireAnswer | Promise<WireAnswer> {
    if (method !== 'GET' && method !== 'HEAD') return METHOD_NOT_ALLOWED;
    try {
      const answer = route.answer(readRequest());
      return answer instanceof Promise ? answer.catch((error: unknown) => this.failed(error)) : answer;
    } catch (error) {
      return this.failed(error);
    }
  }

  /** Forms the answer and hands it to `send`, once. Never throws or rejects. */
  handle(
    route: HealthRoute,
    method: string,
    readRequest: () => HealthRequest,
    send: (answer: WireAnswer) => void,
  ): void {
    const answer = this.answer(route, method, readRequest);
    if (answer instanceof Promise) void answer.then(send);
    else send(answer);
  }

  /** Whether everybody who asks the same, and is as local, is told the same. */
  isSharable({ local }: HealthRequest): boolean {
    return local || !this.policy.asksWho;
  }

  private failed(error: unknown): WireAnswer {
    this.logger.error('no health answer could be formed', textOf(error));
    return emptyAnswer(500);
  }
}
