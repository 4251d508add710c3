import { Injectable, Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { AtShutdown } from '../shutdown/stages.js';
import { BodyReaders } from './body-readers.js';
import { FRONT, type RequestFront } from './node/front.js';

/** The port at shutdown. */
@Injectable()
export class HttpPort {
  constructor(private readonly host: HttpAdapterHost) {}

  @AtShutdown('drain')
  endAfterAnswers(): void {
    this.host.httpAdapter.getInstance<FastifyInstance>().getDecorator<RequestFront>(FRONT).endAfterAnswers();
  }

  /** Resolves when every request on its way is answered, or was cut off; Nest closes again what is closed. */
  @AtShutdown('stop-taking')
  async close(): Promise<void> {
    await this.host.httpAdapter.close();
  }
}

/** What the HTTP server is to the rest of the app. */
@Module({ providers: [HttpPort, BodyReaders] })
export class HttpModule {}
