import { Body, Controller, type DynamicModule, HttpCode, Module, Post } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Clock } from '@vitals/core/time';
import { IsArray } from 'class-validator';
import type { FastifyInstance } from 'fastify';
import { CheckDto } from '../checks/wire/check.dto.js';
import { OptionalMember, refTo } from '../http/members.js';
import { chapter } from '../http/operation.js';
import * as s from '../http/schema.js';
import { invalid } from '../http/validation.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { CheckPlanner } from './check.planner.js';
import { DeclarationsAgreement } from './declarations.agreement.js';
import { DeclarationsService } from './declarations.service.js';
import { DeclarationsWatch } from './declarations.watch.js';
import { PlanBody } from './plan.js';
import { ProviderPlanner } from './provider.planner.js';
import { MAX_FILE_BYTES } from './reading/declarations.file.js';
import { DeclaredProviderDto } from './reading/declared-entries.js';
import { readDeclarations } from './reading/read-declarations.js';

const DeclaredAcknowledgement = s.component('DeclaredAcknowledgement', {
  type: 'object',
  description: 'A mass failure that is acknowledged.',
  required: ['kind', 'began_at'],
  properties: {
    kind: s.oneOf(['provider', 'service'], 'What failed.'),
    name: s.text('The zone or the tag; left out for all.', { minLength: 1, maxLength: 1_000 }),
    began_at: s.time('As GET /mass-failures answers it.'),
  },
  additionalProperties: false,
});

/** What a file of declarations says, as JSON. */
export class PlanDto {
  @OptionalMember(
    { items: refTo(CheckDto), description: 'Each as in the body of POST /checks, with an id.' },
    IsArray(),
  )
  checks?: unknown[];

  @OptionalMember(
    {
      items: refTo(DeclaredProviderDto),
      description: 'Each as in the body of POST /providers, and `cordoned` if that is to be decided.',
    },
    IsArray(),
  )
  providers?: unknown[];

  @OptionalMember(
    {
      items: s.ref(DeclaredAcknowledgement),
      description: 'Each with `kind`, `name` (the zone or the tag; left out for all) and `began_at`.',
    },
    IsArray(),
  )
  acknowledged_mass_failures?: unknown[];
}

/** A dry run: what a file would change, before it is in its place. */
@Controller('declarations')
export class DeclarationsController {
  constructor(
    private readonly service: DeclarationsService,
    private readonly clock: Clock,
  ) {}

  @Post('plan')
  @HttpCode(200)
  async planDeclarations(@Body() body: PlanDto): Promise<PlanBody> {
    const { declarations, faults } = await readDeclarations(body, this.clock);
    if (faults.length > 0) throw invalid(faults);
    const plan = await this.service.plan(declarations);
    if (plan.faults.length > 0) throw invalid(plan.faults);
    return plan.body;
  }
}

chapter('Declarations', DeclarationsController, {
  planDeclarations: {
    summary: 'Says what a file of declarations would change, and changes nothing',
    description:
      'The document replaces all checks that were declared before. It may be up to 2 MiB. The errors in an invalid document are JSON Pointers into it.',
    answers: {
      200: ['The differences; nothing would change if create, change and remove are empty.', PlanBody],
    },
    refusals: ['store-unavailable'],
  },
});

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
    const watches = path === undefined ? [] : [DeclarationsAgreement, DeclarationsWatch];
    return {
      module: DeclarationsModule,
      imports: [OutboundModule],
      controllers: [DeclarationsController],
      providers: [CheckPlanner, ProviderPlanner, DeclarationsService, ...watches],
    };
  }
}
