import type { IncomingMessage, Server } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { emptyAnswer, type WireAnswer } from '@vitals/core/health';
import { textOf } from '../../error-text.js';
import { DetailPolicy } from '../detail.policy.js';
import { type FoundRoute, HealthPaths } from '../health.paths.js';
import type { HealthRequest } from '../health.access.js';
import { HealthRoutes } from '../health.routes.js';
import { CorsPolicy } from './cors.policy.js';
import { readRequest } from './framework-exchange.js';

/**
 * Finds what a request for health means and answers it, whatever serves it. What is asked in the same turn of the
 * event loop, by callers who are told the same, is asked at the same time: it shares one answer.
 */
@Injectable()
export class HealthExchange {
  private readonly logger = new Logger('Health');
  private paths: HealthPaths | undefined;
  private readonly answersOfTurn = new Map<string, WireAnswer | Promise<WireAnswer>>();

  constructor(
    private readonly policy: DetailPolicy,
    private readonly cors: CorsPolicy,
    private readonly routes: HealthRoutes,
  ) {}

  /** The route that a request target means; `undefined` if it is not of health. */
  find(target = '/'): FoundRoute | undefined {
    // the options of the module are read once it has accepted them
    this.paths ??= new HealthPaths(this.routes.all());
    return this.paths.find(target);
  }

  /**
   * Forms the answer and hands it to `send`, once, at once if it can. Never throws or rejects. A request with another
   * method than GET and HEAD is answered without its body having been read. @param server the app's own
   */
  handle(
    found: FoundRoute,
    request: IncomingMessage,
    server: Server | undefined,
    send: (answer: WireAnswer) => void,
  ): void {
    const { method = 'GET', headers } = request;
    const isReading = method === 'GET' || method === 'HEAD';
    const answer = isReading ? this.answer(found, request, server) : this.cors.answerOther(request);
    if (answer instanceof Promise) void answer.then((formed) => send(this.cors.mark(formed, headers)));
    else send(this.cors.mark(answer, headers));
  }

  /** Only what does not depend on who asks, but on whether they are local, is shared. */
  private answer(
    found: FoundRoute,
    raw: IncomingMessage,
    server: Server | undefined,
  ): WireAnswer | Promise<WireAnswer> {
    const request = { ...readRequest(raw, server), params: found.params };
    if (!request.local && this.policy.asksWho) return this.form(found, request);
    const key = `${raw.method} ${request.local} ${raw.url} ${request.accept ?? ''}`;
    const known = this.answersOfTurn.get(key);
    if (known) return known;
    if (this.answersOfTurn.size === 0) setImmediate(() => this.answersOfTurn.clear());
    const answer = this.form(found, request);
    this.answersOfTurn.set(key, answer);
    return answer;
  }

  private form({ route }: FoundRoute, request: HealthRequest): WireAnswer | Promise<WireAnswer> {
    try {
      const answer = route.answer(request);
      return answer instanceof Promise ? answer.catch((error: unknown) => this.failed(error)) : answer;
    } catch (error) {
      return this.failed(error);
    }
  }

  private failed(error: unknown): WireAnswer {
    this.logger.error('no health answer could be formed', textOf(error));
    return emptyAnswer(500);
  }
}
