import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Clock } from '@vitals/core/time';
import { IsArray } from 'class-validator';
import { IfGiven, invalid } from '../http/validation.js';
import { DeclarationsService } from './declarations.service.js';
import type { PlanBody } from './plan.js';
import { readDeclarations } from './reading/read-declarations.js';

/** What a file of declarations says, as JSON. */
export class PlanDto {
  @IfGiven()
  @IsArray()
  checks?: unknown[];

  @IfGiven()
  @IsArray()
  providers?: unknown[];

  @IfGiven()
  @IsArray()
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
