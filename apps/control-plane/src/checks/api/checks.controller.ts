import { randomUUID } from 'node:crypto';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Put,
  Query,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import type { ProbeOutcome } from '@vitals/core/check';
import type { FastifyReply } from 'fastify';
import type { JsonText } from '../../http/json-answer.js';
import { PageText } from '../../http/page.js';
import { invalid, readLabels } from '../../http/validation.js';
import { Allow } from '../../security/access.guard.js';
import type { Check } from '../check.js';
import { CheckDirectory } from '../check.directory.js';
import { CheckService } from '../check.service.js';
import { CheckExecutor } from '../execution/check.executor.js';
import { ID_RULE } from './body/check.dto.js';
import { CheckDto, definitionOf } from './check.body.js';
import { CheckOrder } from './check.order.js';
import { ListChecksQuery } from './check.query.js';
import { type CheckBody, CheckView } from './view/check.view.js';
import { type ResultBody, resultBody } from './history/check.history.view.js';
import { ReportDto } from './body/report.dto.js';
import { WholeBody } from './whole-body.interceptor.js';
import { NAME_PATTERN } from '../../providers/provider.js';

/** A page of checks. */
export interface CheckListBody {
  readonly checks: readonly CheckBody[];
  readonly next_page_token?: string;
}

/** What a run found, and what the check is now. */
export interface RunBody extends ResultBody {
  readonly status: CheckBody['status'];
}

const OUTCOMES: Readonly<Record<ReportDto['status'], ProbeOutcome>> = {
  pass: 'success',
  warn: 'warning',
  fail: 'failure',
};

/** Checks: those that are defined here, and to read, those of services and of the file of declarations. */
@Controller('checks')
export class ChecksController {
  constructor(
    private readonly checks: CheckService,
    private readonly directory: CheckDirectory,
    private readonly executor: CheckExecutor,
    private readonly order: CheckOrder,
    private readonly view: CheckView,
  ) {}

  @Post()
  @UseInterceptors(WholeBody)
  async create(@Body() body: CheckDto): Promise<CheckBody> {
    const id = body.id ?? randomUUID();
    const plan = (known: Check | undefined) => {
      if (known)
        throw new VitalsError('check-conflict', `there is a check ${id}; PUT /checks/${id} replaces it`);
      return definitionOf(body, id);
    };
    const { check } = await this.checks.defineBy(id, plan, 'api');
    return this.view.body(check);
  }

  @Put(':id')
  @UseInterceptors(WholeBody)
  async apply(
    @Param('id') id: string,
    @Body() body: CheckDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CheckBody> {
    if (body.id !== undefined && body.id !== id) {
      throw invalid([
        { pointer: '/id', detail: `must be ${JSON.stringify(id)} as in the path, or be left out` },
      ]);
    }
    if (!this.directory.find(id)) assertId(id);
    const plan = (known: Check | undefined) => definitionOf(body, id, known?.definition);
    const { check, created } = await this.checks.defineBy(id, plan, 'api');
    void reply.code(created ? 201 : 200);
    return this.view.body(check);
  }

  @Get()
  @Allow('read')
  list(@Query() query: ListChecksQuery): Promise<JsonText<CheckListBody>> {
    return PageText.form(async (page) => {
      const found = await this.order.page(this.matcher(query), query.max_page_size, query.page_token);
      const told = await page.addUntilFull(found.checks, (check) =>
        check.removed ? undefined : this.view.body(check),
      );
      const token = this.order.tokenBehind(found, told);
      return page.end<CheckListBody>('checks', { ...(token !== undefined && { next_page_token: token }) });
    });
  }

  @Get(':id')
  @Allow('read')
  read(@Param('id') id: string): CheckBody {
    return this.view.body(this.directory.get(id));
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Param('id') id: string): Promise<void> {
    return this.checks.remove(id, 'api');
  }

  @Put(':id/pause')
  @HttpCode(204)
  async pause(@Param('id') id: string): Promise<void> {
    await this.checks.pause(id, true);
  }

  @Delete(':id/pause')
  @HttpCode(204)
  async resume(@Param('id') id: string): Promise<void> {
    await this.checks.pause(id, false);
  }

  @Post(':id/runs')
  @HttpCode(200)
  async run(@Param('id') id: string): Promise<RunBody> {
    const check = this.directory.get(id);
    if (check.isTtl) {
      throw new VitalsError('check-conflict', `${id} is a TTL: it waits for reports, and cannot be run`);
    }
    const result = await this.executor.runNow(check);
    if (!result || check.removed) throw new VitalsError('check-not-found', `${id} was removed while it ran`);
    return { ...resultBody(result), status: check.status };
  }

  @Put(':name/status')
  @HttpCode(204)
  @Allow('speak')
  report(@Param('name') name: string, @Body() { status, message = `reported: ${status}` }: ReportDto): void {
    if (this.directory.get(name).service) {
      const detail = `${name} belongs to a registered service, which reports with PUT /services/check`;
      throw new VitalsError('check-conflict', detail);
    }
    this.checks.report(name, { outcome: OUTCOMES[status], message });
  }

  private matcher({ status, type, label, stale }: ListChecksQuery): (check: Check) => boolean {
    const labels = readLabels(label);
    return (check) =>
      (status === undefined || check.status === status) &&
      (type === undefined || check.definition.target.kind === type) &&
      labels.every(([key, value]) => check.definition.labels[key] === value) &&
      (stale === undefined || this.view.isStale(check) === (stale === 'true'));
  }
}

function assertId(id: string): void {
  if (!NAME_PATTERN.test(id)) throw invalid([{ pointer: '/id', detail: ID_RULE }]);
}
