import type { HttpTarget } from '@vitals/core/check';
import type { Clock } from '@vitals/core/time';
import type { Finding } from '../finding.js';
import type { ProbeRun } from '../probe-run.js';
import type { HttpConnection } from './http-connection.js';
import type { HttpConnections } from './http-connections.js';
import { type Demand, type HttpAnswer, HttpExchange } from './http-exchange.js';
import { type HttpRequest, requestOf } from './http-request.js';
import { judgeAnswer, maxBodyBytesOf } from './http-verdict.js';

/** One look: what is wanted of each answer, and who is told of each request. */
interface Asking extends Demand {
  onBegin(exchange: HttpExchange): void;
}

/**
 * Asks an HTTP server. A redirect is not followed: its code is the answer. Connections are kept, and what an old
 * connection does is not held against the target: if it fails, the request is sent again over a new one; if it has
 * not answered by half of the time, over a new one as well, and the first answer counts.
 */
export class HttpProbe {
  constructor(
    private readonly connections: HttpConnections,
    private readonly clock: Clock,
  ) {}

  /** @throws what `GuardedConnector.connect` and `BodyBuffers.take` throw, AnswerFault, and the errors of the socket */
  async look(target: HttpTarget, run: ProbeRun): Promise<Finding> {
    const request = requestOf(target);
    const exchanges: HttpExchange[] = [];
    let isOver = false;
    const demand: Asking = {
      maxBodyBytes: (statusCode) => maxBodyBytesOf(statusCode, target),
      onHead: () => (run.step = 'reading the answer'),
      onBegin: (exchange) => void (isOver ? exchange.release() : exchanges.push(exchange)),
    };
    const kept = request.isIdempotent ? this.connections.take(request) : undefined;
    try {
      const answer = kept ? this.askKept(kept, request, run, demand) : this.askNew(request, run, demand);
      return await judgeAnswer(await answer, target);
    } finally {
      // also one whose answer came too late, or is still to come
      isOver = true;
      for (const exchange of exchanges) exchange.release();
    }
  }

  private async askNew(request: HttpRequest, run: ProbeRun, demand: Asking): Promise<HttpAnswer> {
    const connection = await this.connections.connect(request, run);
    return this.ask(connection, request, run, demand).answer;
  }

  private async askKept(
    kept: HttpConnection,
    request: HttpRequest,
    run: ProbeRun,
    demand: Asking,
  ): Promise<HttpAnswer> {
    const first = this.ask(kept, request, run, demand);
    const answer = await this.withinHalf(first.answer, run);
    if (answer) return answer;
    if (first.statusCode !== undefined && !kept.isOver) return first.answer;
    const answers = [first.answer, this.askNew(request, run, demand)] as const;
    try {
      return await Promise.any(answers);
    } catch {
      // the new connection is the one that tells how the target is
      return answers[1];
    }
  }

  private ask(connection: HttpConnection, request: HttpRequest, run: ProbeRun, demand: Asking): HttpExchange {
    run.step = 'waiting for the answer';
    const exchange = new HttpExchange(connection, request, run.signal, demand);
    demand.onBegin(exchange);
    exchange.answer.then(
      () => (request.isIdempotent ? this.connections.giveBack(connection) : connection.close()),
      () => undefined,
    );
    return exchange;
  }

  /** The answer, or `undefined` when it failed or half of the time is over. */
  private withinHalf(answer: Promise<HttpAnswer>, run: ProbeRun): Promise<HttpAnswer | undefined> {
    return new Promise((resolve) => {
      const cancel = this.clock.after(run.timeoutMs / 2, () => resolve(undefined));
      answer.then(
        (value) => (cancel(), resolve(value)),
        () => (cancel(), resolve(undefined)),
      );
    });
  }
}
