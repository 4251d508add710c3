import { Controller, Get, HttpCode, Logger, Param, Post, Query } from '@nestjs/common';
import { ProviderHealthCache } from '@vitals/provider-health';
import { IsIn } from 'class-validator';
import type { JsonText } from '../http/json-answer.js';
import { PageText } from '../http/list-page.js';
import { OptionalMember, PageQuery } from '../http/members.js';
import { chapter, OF_A_PROVIDER } from '../http/operation.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { Allow } from '../security/access.guard.js';
import {
  HEALTH_STATES,
  ProviderHealthBody,
  ProviderHealthListBody,
  ProviderHealthView,
  SweepBody,
} from './provider-health.view.js';

/** Which providers to list. */
export class ProviderHealthQuery extends PageQuery {
  @OptionalMember('What was found when it was last asked.', IsIn(HEALTH_STATES))
  state?: (typeof HEALTH_STATES)[number];
}

/** The last known health of providers; reading it asks none of them. */
@Controller('provider-health')
export class ProviderHealthController {
  private readonly logger = new Logger('ProviderHealth');

  constructor(
    private readonly directory: ProviderDirectory,
    private readonly view: ProviderHealthView,
    private readonly cache: ProviderHealthCache,
  ) {}

  @Get()
  @Allow('read')
  list(
    @Query() { state, max_page_size, page_token }: ProviderHealthQuery,
  ): Promise<JsonText<ProviderHealthListBody>> {
    return PageText.form(async (page) => {
      const found = await this.directory.page(
        ({ name }) => state === undefined || this.view.body(name).state === state,
        max_page_size,
        page_token,
      );
      const listed = await page.addUntilFull(found.items, ({ name, removed }) =>
        removed ? undefined : this.view.body(name),
      );
      const token = this.directory.tokenBehind(found, listed);
      return page.end<ProviderHealthListBody>('providers', { next_page_token: token });
    });
  }

  @Get(':name')
  @Allow('read')
  read(@Param('name') name: string): ProviderHealthBody {
    return this.view.body(this.directory.get(name).name);
  }

  @Post('sweeps')
  @HttpCode(202)
  sweep(): SweepBody {
    this.cache.checkNow().catch((error: unknown) => this.logger.warn(`a sweep failed: ${String(error)}`));
    return { providers: this.cache.names().length };
  }
}

chapter('Provider health', ProviderHealthController, {
  list: {
    id: 'listProviderHealth',
    summary: 'Lists the last known health of providers by name, in pages',
    description: 'Answered from a cache, without a request to any provider.',
    answers: { 200: 'A page.' },
    body: ProviderHealthListBody,
  },
  read: {
    id: 'readProviderHealth',
    summary: 'Reads the last known health of a provider',
    answers: { 200: 'What is known.' },
    body: ProviderHealthBody,
    refusals: OF_A_PROVIDER,
  },
  sweep: {
    id: 'sweepProviderHealth',
    summary: 'Asks all providers for their health now',
    description: 'Joins a sweep in progress. Each result is visible as soon as it is known.',
    answers: { 202: 'They are being asked.' },
    body: SweepBody,
  },
});
