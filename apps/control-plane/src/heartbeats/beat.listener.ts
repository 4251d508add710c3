import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { percentDecoded } from '@vitals/core/check';
import { assertMembers, type JsonDocument } from '@vitals/core/json';
import type { FastifyInstance } from 'fastify';
import type { AnswerBudget } from '../http/answer-budget.js';
import { type BodyBudget, readJson, sendJson } from '../http/node/raw-exchange.js';
import { frontOf } from '../http/node/front.js';
import { ROUTES, type RouteTable } from '../http/routes.js';
import { assertNoQuery } from '../http/query.js';
import { sendRawProblem } from '../http/problem.filter.js';
import { forbidden } from '../security/access.guard.js';
import { Authenticator } from '../security/authenticator.js';
import { type Identity, speaksForNobody } from '../security/caller.js';
import { SecondLook } from '../security/second.look.js';
import { assertBatch, assertBeat, BATCH_BODY_LIMIT, HEARTBEAT_BODY_LIMIT } from './heartbeat.schema.js';
import { type BeatAnswer, HeartbeatsService } from './heartbeats.service.js';

const PREFIX = '/providers/';
const SUFFIX = '/status';
/** Told with an answer to a provider that was asked to drain. */
const DRAIN_HEADERS = ['content-type', 'application/json; charset=utf-8', 'vitals-directive', 'drain'];

/**
 * `PUT /providers/{name}/status` and `POST /heartbeats`, straight on Node's HTTP: the two paths whose cost grows
 * with the fleet. They bypass Fastify and Nest, and bring what those would have given: limits, authentication,
 * validation and problems. An answer is synchronous unless something has to become durable first.
 */
@Injectable()
export class BeatListener implements OnModuleInit {
  private bodies!: BodyBudget;
  private answers!: AnswerBudget;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly authenticator: Authenticator,
    private readonly heartbeats: HeartbeatsService,
    private readonly secondLook: SecondLook,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    const routes = fastify.getDecorator<RouteTable>(ROUTES);
    routes.add('PUT', '/providers/:name/status');
    routes.add('POST', '/heartbeats');
    const front = frontOf(this.host);
    this.bodies = front.bodies;
    this.answers = front.answers;
    front.route = (request, response) => this.route(request, response);
  }

  private route(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method === 'PUT') {
      const name = nameIn(request.url as string);
      if (name === undefined) return false;
      this.receive(request, response, HEARTBEAT_BODY_LIMIT, (body, identity) =>
        this.takeBeat(name, body, identity, request, response),
      );
      return true;
    }
    if (request.method !== 'POST' || pathOf(request.url as string) !== '/heartbeats') return false;
    this.receive(request, response, BATCH_BODY_LIMIT, (body, identity) =>
      this.takeBatch(body, identity, response),
    );
    return true;
  }

  /** Refuses who may send no heartbeat before anything of a body is read: it would only cost memory and time. */
  private receive(
    request: IncomingMessage,
    response: ServerResponse,
    limit: number,
    take: (body: JsonDocument, identity: Identity) => void,
  ): void {
    try {
      this.read(this.senderOf(request), request, response, limit, take);
    } catch (refusal) {
      this.refuse(refusal, request, response, () =>
        this.read(this.senderOf(request), request, response, limit, take),
      );
    }
  }

  private senderOf(request: IncomingMessage): Identity {
    const identity = this.authenticator.identify(request.headers.authorization);
    if (speaksForNobody(identity)) throw forbidden(identity);
    return identity;
  }

  private read(
    identity: Identity,
    request: IncomingMessage,
    response: ServerResponse,
    limit: number,
    take: (body: JsonDocument, identity: Identity) => void,
  ): void {
    assertNoQuery(request.url as string);
    this.bodies.count(request, limit);
    readJson(request, limit, (error, body) => {
      try {
        if (error !== undefined) throw error;
        take(body as JsonDocument, identity);
      } catch (refusal) {
        this.refuse(refusal, request, response, () => take(body as JsonDocument, identity));
      }
    });
  }

  /** Answers a refusal, unless it is to be judged once more and turns out otherwise then. */
  private refuse(
    refusal: unknown,
    request: IncomingMessage,
    response: ServerResponse,
    again: () => void,
  ): void {
    const send = (last: unknown): void => sendRawProblem(last, request, response);
    if (!this.secondLook.isDue(refusal)) return send(refusal);
    const judge = (): void => {
      // nobody waits for the answer to who has gone meanwhile
      if (!response.destroyed) again();
    };
    this.secondLook.caughtUp().then(judge).catch(send);
  }

  private takeBeat(
    encodedName: string,
    { value: body, isSuspect }: JsonDocument,
    identity: Identity,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    if (isSuspect) assertMembers(body);
    assertBeat(body);
    // percent-encoded names are names too; what cannot be decoded is refused as the name that it is
    const provider = this.heartbeats.addressee(percentDecoded(encodedName), identity);
    const answer = this.heartbeats.take(provider, body);
    const headers = provider.drainRequested ? DRAIN_HEADERS : undefined;
    if (answer.durable === undefined) sendJson(response, write(answer), headers);
    else
      answer.durable.then(
        () => sendJson(response, write(answer), headers),
        (error: unknown) => sendRawProblem(error, request, response),
      );
  }

  private takeBatch(
    { value: body, isSuspect }: JsonDocument,
    identity: Identity,
    response: ServerResponse,
  ): void {
    assertBatch(body);
    const results = this.heartbeats.takeBatch(body, identity, isSuspect);
    const send = (text: string): void => {
      // the beats are taken: their answer is counted, and not refused
      this.answers.count(response, Buffer.byteLength(text));
      sendJson(response, text);
    };
    if (typeof results === 'string') send(results);
    else void results.then(send);
  }
}

function write({ nextIntervalSeconds }: BeatAnswer): string {
  return `{"next_interval_seconds":${nextIntervalSeconds}}`;
}

/** The name in `/providers/{name}/status`, as it came; `undefined` for any other path. */
function nameIn(url: string): string | undefined {
  const path = pathOf(url);
  if (!path.startsWith(PREFIX) || !path.endsWith(SUFFIX)) return undefined;
  const name = path.slice(PREFIX.length, -SUFFIX.length);
  return name.includes('/') ? undefined : name;
}

function pathOf(url: string): string {
  const queryStart = url.indexOf('?');
  return queryStart < 0 ? url : url.slice(0, queryStart);
}
