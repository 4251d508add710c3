import { type DynamicModule, Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { OutboundModule } from '../outbound/outbound.module.js';
import { DeclarationsController } from './declarations.controller.js';
import { DeclarationsService } from './declarations.service.js';
import { CheckPlanner } from './check.planner.js';
import { ProviderPlanner } from './provider.planner.js';
import { MAX_FILE_BYTES } from './reading/declarations.file.js';
import { DeclarationsWatch } from './declarations.watch.js';

/** JSON is longer than YAML that says the same. */
const MAX_PLAN_BYTES = 2 * MAX_FILE_BYTES;

/** Checks and providers that a file declares. */
@Module({})
export class DeclarationsModule {
  /** Routes are registered before `onModuleInit`; this one accepts longer bodies. */
  constructor({ httpAdapter }: HttpAdapterHost) {
    httpAdapter.getInstance<FastifyInstance>().addHook('onRoute', (route) => {
      if (route.url === '/declarations/plan') route.bodyLimit = MAX_PLAN_BYTES;
    });
  }

  /** @param path of the file; without one there is only the dry run */
  static forRoot(path: string | undefined): DynamicModule {
    const watches = path === undefined ? [] : [DeclarationsWatch];
    return {
      module: DeclarationsModule,
      imports: [OutboundModule],
      controllers: [DeclarationsController],
      providers: [CheckPlanner, ProviderPlanner, DeclarationsService, ...watches],
    };
  }
}
