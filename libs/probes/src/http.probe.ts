import type { BodyCondition, HttpTarget } from '@vitals/core/check';
import { type Content, contentOf, DEFAULT_MAX_BODY_BYTES } from '@vitals/core/content';
import type { Clock } from '@vitals/core/time';
import { failure, type Finding, success } from './finding.js';
import type { HttpConnection } from './http-connection.js';
import type { HttpConnections } from './http-connections.js';
import { type Demand, type HttpAnswer, HttpExchange } from './http-exchange.js';
import { type HttpRequest, requestOf } from './http-request.js';
import type { ProbeRun } from './probe-run.js';

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

  /** @throws what `Connector.connect` and `BodyBuffers.take` throw, AnswerFault, and the errors of the socket */
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

/** What of a target says which answers are well. */
export type HttpExpectation = Pick<HttpTarget, 'expectedCodes' | 'expectedBody' | 'maxBodyBytes'>;

/** Whether a status code is one of those that are healthy; 200 if the target names none. */
export function isExpected(statusCode: number, { expectedCodes }: HttpExpectation): boolean {
  if (expectedCodes.length === 0) return statusCode === 200;
  return expectedCodes.some(({ first, last }) => statusCode >= first && statusCode <= last);
}

/** How many bytes of the content of an answer decide about a target; 0 where its code says all. */
export function maxBodyBytesOf(statusCode: number, target: HttpExpectation): number {
  if (!target.expectedBody || !isExpected(statusCode, target)) return 0;
  return target.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
}

/** What an answer says of the health of a target. */
export async function judgeAnswer(answer: HttpAnswer, target: HttpTarget): Promise<Finding> {
  const { statusCode } = answer;
  if (!isExpected(statusCode, target)) return unexpectedCode(statusCode, target);
  const fault = await bodyFaultOf(answer, target);
  return fault === undefined
    ? success(`answered ${statusCode}`)
    : failure(`answered ${statusCode}, but ${fault}`);
}

/** What is wrong with the body of an answer whose code is well. */
export async function bodyFaultOf(
  { statusCode, body }: HttpAnswer,
  target: HttpExpectation,
): Promise<string | undefined> {
  const { expectedBody } = target;
  if (!expectedBody || !body) return undefined;
  const content = await contentOf(body, maxBodyBytesOf(statusCode, target));
  return 'fault' in content ? `the body ${content.fault}` : faultOf(content, expectedBody);
}

function unexpectedCode(statusCode: number, { expectedCodes }: HttpTarget): Finding {
  const ranges = expectedCodes.map(({ first, last }) =>
    first === last ? `${first}` : `${first} to ${last}`,
  );
  const redirect = statusCode >= 300 && statusCode < 400 ? ' (redirects are not followed)' : '';
  return failure(`answered ${statusCode}${redirect}, expected ${ranges.join(' or ') || '200'}`);
}

function faultOf(content: Content, condition: BodyCondition): string | undefined {
  switch (condition.kind) {
    case 'contains':
      return content.contains(condition.text);
    case 'lacks':
      return content.lacks(condition.text);
    case 'json':
      return content.hasMember(condition.pointer, condition.value);
    default:
      return condition satisfies never;
  }
}
