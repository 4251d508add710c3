import { randomUUID } from 'node:crypto';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { type ErrorCode, VitalsError } from '@vitals/core/errors';
import type { FastifyReply } from 'fastify';
import type { JsonText } from '../../http/json-answer.js';
import { chapter, WRITING } from '../../http/operation.js';
import { invalid } from '../../http/validation.js';
import { NAME_PATTERN } from '../../providers/provider.js';
import { Allow } from '../../security/access.guard.js';
import type { Check } from '../check.js';
import { CheckDirectory } from '../check.directory.js';
import { CheckService } from '../check.service.js';
import { CheckExecutor } from '../execution/check.executor.js';
import { resultBody, RunBody } from './check-history.view.js';
import { CheckView, definitionOf } from './check.body.js';
import { CheckDto, ID_RULE, ReportDto } from './check.dto.js';
import { CheckBody, CheckListBody, ListChecksQuery } from './check.schema.js';

const OUTCOMES = { pass: 'success', warn: 'warning', fail: 'failure' } as const;

/** Checks: those that are defined here, and to read, those of services and of the file of declarations. */
@Controller('checks')
export class ChecksController {
  constructor(
    private readonly checks: CheckService,
    private readonly directory: CheckDirectory,
    private readonly executor: CheckExecutor,
    private readonly view: CheckView,
  ) {}

  @Post()
  async createCheck(@Body() body: CheckDto): Promise<CheckBody> {
    const id = body.id ?? randomUUID();
    const plan = (known: Check | undefined) => {
      if (known) throw conflict(`there is a check ${id}; PUT /checks/${id} replaces it`);
      return definitionOf(body, id);
    };
    const { check } = await this.checks.define(id, plan, 'api');
    return this.view.body(check);
  }

  @Put(':id')
  async applyCheck(
    @Param('id') id: string,
    @Body() body: CheckDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CheckBody> {
    if (body.id !== undefined && body.id !== id)
      throw invalidId(`must be ${JSON.stringify(id)} as in the path, or be left out`);
    if (!this.directory.find(id) && !NAME_PATTERN.test(id)) throw invalidId(ID_RULE);
    const plan = (known: Check | undefined) => definitionOf(body, id, known?.definition);
    const { check, created } = await this.checks.define(id, plan, 'api');
    void reply.code(created ? 201 : 200);
    return this.view.body(check);
  }

  @Get()
  @Allow('read')
  listChecks(@Query() query: ListChecksQuery): Promise<JsonText<CheckListBody>> {
    return this.directory.pages.answer(
      'checks',
      query,
      (check) => (check.removed ? undefined : this.view.body(check)),
      { matches: this.view.matcher(query) },
    );
  }

  @Get(':id')
  @Allow('read')
  readCheck(@Param('id') id: string): CheckBody {
    return this.view.body(this.directory.get(id));
  }

  @Delete(':id')
  @HttpCode(204)
  removeCheck(@Param('id') id: string): Promise<void> {
    return this.checks.remove(id, 'api');
  }

  @Put(':id/pause')
  @HttpCode(204)
  async pauseCheck(@Param('id') id: string): Promise<void> {
    await this.checks.pause(id, true);
  }

  @Delete(':id/pause')
  @HttpCode(204)
  async resumeCheck(@Param('id') id: string): Promise<void> {
    await this.checks.pause(id, false);
  }

  @Post(':id/runs')
  @HttpCode(200)
  async runCheck(@Param('id') id: string): Promise<RunBody> {
    const check = this.directory.get(id);
    const result = check.isTtl ? undefined : await this.executor.runNow(check);
    if (check.isTtl) throw conflict(`${id} is a TTL: it waits for reports, and cannot be run`);
    if (!result || check.removed) throw new VitalsError('check-not-found', `${id} was removed while it ran`);
    return { ...resultBody(result), status: check.status };
  }

  @Put(':name/status')
  @HttpCode(204)
  @Allow('speak')
  async reportCheck(@Param('name') name: string, @Body() { status, message }: ReportDto): Promise<void> {
    const result = { outcome: OUTCOMES[status], message: message ?? `reported: ${status}` };
    await this.checks.report(name, result, () => {
      const check = this.directory.get(name);
      if (!check.service) return check;
      throw conflict(`${name} belongs to a registered service, which reports with PUT /services/check`);
    });
  }
}

function invalidId(detail: string): VitalsError {
  return invalid([{ pointer: '/id', detail }]);
}

function conflict(detail: string): VitalsError {
  return new VitalsError('check-conflict', detail);
}

const OF_A_CHECK: readonly ErrorCode[] = ['check-not-found'];
const DEFINING: readonly ErrorCode[] = ['check-invalid', 'check-conflict', ...WRITING];
const DEFINED =
  'Durations are texts such as "10s". A member that is not known is refused, but for those that only answers have: an answer can be sent back as it is.';

chapter('Checks', ChecksController, {
  createCheck: {
    summary: 'Defines a check',
    description: DEFINED,
    answers: { 201: ['It is defined, and runs within its interval.', CheckBody] },
    refusals: DEFINING,
  },
  applyCheck: {
    summary: 'Defines or redefines the check of the id in the path',
    description: `${DEFINED} What is left out has its default, but a check that is paused stays so. One whose target changes starts again from Pending.`,
    answers: { 200: ['It is redefined.', CheckBody], 201: ['It is new.', CheckBody] },
    refusals: DEFINING,
  },
  listChecks: {
    summary: 'Lists checks by id, in pages, those of services and of the file of declarations too',
    answers: { 200: ['A page.', CheckListBody] },
  },
  readCheck: {
    summary: 'Reads a check',
    answers: { 200: ['The check.', CheckBody] },
    refusals: OF_A_CHECK,
  },
  removeCheck: {
    summary: 'Removes a check that was defined here',
    answers: { 204: 'It is removed; its transitions can still be read.' },
    refusals: [...OF_A_CHECK, 'check-conflict', ...WRITING],
  },
  pauseCheck: {
    summary: 'Stops running a check',
    description: 'Its state stays as it was, and is reported as stale.',
    answers: { 204: 'It is paused.' },
    refusals: [...OF_A_CHECK, ...WRITING],
  },
  resumeCheck: {
    summary: 'Resumes a check that is paused',
    answers: { 204: 'It runs again.' },
    refusals: [...OF_A_CHECK, ...WRITING],
  },
  runCheck: {
    summary: 'Runs a check now, and waits for what it finds',
    description:
      'Joins a run in progress. The result counts as any other, also while the check is paused. A ttl cannot be run.',
    answers: { 200: ['What it found.', RunBody] },
    refusals: [...OF_A_CHECK, 'check-conflict'],
  },
  reportCheck: {
    summary: 'Reports a result, for a check of the type ttl',
    description:
      'No report for longer than its interval is a failure. A service reports with PUT /services/check.',
    answers: { 204: 'It was accepted.' },
    refusals: [...OF_A_CHECK, 'check-conflict'],
  },
});
