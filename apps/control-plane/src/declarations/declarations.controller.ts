import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Clock } from '@vitals/core/time';
import { IsArray } from 'class-validator';
import { CheckDto } from '../checks/wire/check.dto.js';
import { OptionalMember, refTo } from '../http/members.js';
import { chapter } from '../http/operation.js';
import * as s from '../http/schema.js';
import { invalid } from '../http/validation.js';
import { DeclarationsService } from './declarations.service.js';
import { PlanBody } from './plan.js';
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
  async plan(@Body() body: PlanDto): Promise<PlanBody> {
    const { declarations, faults } = await readDeclarations(body, this.clock);
    if (faults.length > 0) throw invalid(faults);
    const plan = await this.service.plan(declarations);
    if (plan.faults.length > 0) throw invalid(plan.faults);
    return plan.body;
  }
}

chapter('Declarations', DeclarationsController, {
  plan: {
    id: 'planDeclarations',
    summary: 'Says what a file of declarations would change, and changes nothing',
    description:
      'The document replaces all checks that were declared before. It may be up to 2 MiB. The errors in an invalid document are JSON Pointers into it.',
    answers: { 200: 'The differences; nothing would change if create, change and remove are empty.' },
    body: PlanBody,
    refusals: ['store-unavailable'],
  },
});
