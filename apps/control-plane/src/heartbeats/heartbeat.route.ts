import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { VitalsError } from '@vitals/core/errors';
import { Ajv } from 'ajv';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MOST_FAULTS } from '../http/problem.js';
import { sendProblem } from '../http/problem.filter.js';
import { type Heartbeat, HEARTBEAT_BODY_LIMIT, HEARTBEAT_SCHEMA } from './heartbeat.schema.js';
import { HeartbeatsService } from './heartbeats.service.js';

interface BeatRequest {
  Params: { name: string };
  Body: Heartbeat;
}

/** Types are not coerced: `"phase": 1` is wrong, and said to be. */
const ajv = new Ajv({ coerceTypes: false, removeAdditional: false, allErrors: true });

/**
 * `PUT /providers/{name}/status`, straight on Fastify: the one path whose cost grows with the fleet. It
 * bypasses Nest's pipes, guards and filters, and brings what they would have given. The handler is
 * synchronous unless something has to become durable first.
 */
@Injectable()
export class HeartbeatRoute implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly heartbeats: HeartbeatsService,
  ) {}

  onModuleInit(): void {
    this.host.httpAdapter.getInstance<FastifyInstance>().route<BeatRequest>({
      method: 'PUT',
      url: '/providers/:name/status',
      bodyLimit: HEARTBEAT_BODY_LIMIT,
      schema: HEARTBEAT_SCHEMA,
      validatorCompiler: ({ schema }) => ajv.compile(schema as object),
      errorHandler: (error, request, reply) => sendProblem(asProblem(error), request, reply),
      handler: (request, reply) => this.handle(request, reply),
    });
  }

  private handle(request: FastifyRequest<BeatRequest>, reply: FastifyReply): void {
    const { nextIntervalSeconds, durable } = this.heartbeats.take(request.params.name, request.body);
    const body = { next_interval_seconds: nextIntervalSeconds };
    if (!durable) {
      void reply.send(body);
      return;
    }
    durable.then(
      () => reply.send(body),
      (error: unknown) => sendProblem(error, request, reply),
    );
  }
}

/** What the schema refuses is a 422 that names every field. */
function asProblem(error: FastifyError): unknown {
  if (!error.validation) return error;
  const faults = error.validation.slice(0, MOST_FAULTS).map(({ instancePath, message, params }) => {
    const missing = (params as { missingProperty?: string }).missingProperty;
    const allowed = (params as { allowedValues?: readonly string[] }).allowedValues;
    if (missing !== undefined) return { pointer: `${instancePath}/${missing}`, detail: 'is required' };
    return {
      pointer: instancePath,
      detail: allowed ? `must be one of ${allowed.join(', ')}` : (message ?? 'is wrong'),
    };
  });
  return new VitalsError(
    'request-invalid',
    faults.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; '),
    { faults },
  );
}
