import { Controller, Get, HttpCode, Logger, Param, Post, Query } from '@nestjs/common';
import { ProviderHealthCache } from '@vitals/provider-health';
import { IsIn } from 'class-validator';
import type { JsonText } from '../http/json-answer.js';
import { PageText } from '../http/page.js';
import { IfGiven } from '../http/validation.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { PageQuery } from '../providers/reading/list.query.js';
import { Allow } from '../security/access.guard.js';
import { type HealthState, type ProviderHealthBody, ProviderHealthView } from './provider-health.view.js';

/** Which providers to list. */
export class ProviderHealthQuery extends PageQuery {
  @IfGiven()
  @IsIn(['healthy', 'unhealthy', 'unknown', 'unchecked'])
  state?: HealthState;
}

/** A page of what is known. */
export interface ProviderHealthListBody {
  readonly providers: readonly ProviderHealthBody[];
  readonly next_page_token?: string;
}

/** A sweep that was asked for. */
export interface SweepBody {
  /** Providers that are asked for their health. */
  readonly providers: number;
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
