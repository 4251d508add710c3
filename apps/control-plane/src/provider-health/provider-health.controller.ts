import { Controller, Get, HttpCode, Logger, Param, Post, Query } from '@nestjs/common';
import { ProviderHealthCache, providerStatusBody } from '@vitals/provider-health';
import { IsIn } from 'class-validator';
import type { JsonText } from '../http/json-answer.js';
import { PageQuery } from '../http/list-page.js';
import { OptionalMember } from '../http/members.js';
import { chapter, OF_A_PROVIDER } from '../http/operation.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { AMOUNT, NAME } from '../providers/provider.schema.js';
import { Allow } from '../security/access.guard.js';
import { ProviderPolls } from './provider.polls.js';
import { SharedPolls } from './shared.polls.js';
import * as s from '../http/schema.js';

/** Never `healthy` for what was not asked: `unknown` was not asked yet, `unchecked` is not asked at all. */
const HEALTH_STATES = s.enumeration('ProviderHealthState', ['healthy', 'unhealthy', 'unknown', 'unchecked']);

const ProviderHealthBody = s.object(
  'ProviderHealth',
  'The answer of a provider to the last poll of its health.',
  {
    state: s.oneOf(HEALTH_STATES, '`unknown`: not asked yet; `unchecked`: it does not want to be asked.'),
    name: NAME,
    healthy: s.orNull(s.flag('No verdict if `checked` is false; null if it was not asked yet.')),
    message: s.text('Why, in words.'),
    latency: s.orNull(s.whole('How long it took to answer, in nanoseconds.', 0)),
    latency_ms: s.orNull({ ...AMOUNT, description: 'The same in milliseconds.' }),
    checked_at: s.orNull(s.time('When that was found.')),
    stale: s.flag('It was not found out anew when it should have been.'),
    since: s.orNull(s.time('When the verdict began.')),
    checked: s.flag('Whether it is asked at all: it registered a health_path.'),
  },
);
type ProviderHealthBody = s.Of<typeof ProviderHealthBody>;

const ProviderHealthListBody = s.object(
  'ProviderHealthList',
  'A page of what is known of the health of providers, by name.',
  { providers: s.listOf(s.ref(ProviderHealthBody)) },
  s.NEXT_PAGE,
);
type ProviderHealthListBody = s.Of<typeof ProviderHealthListBody>;

const SweepBody = s.object('Sweep', 'A sweep that was asked for.', {
  providers: s.whole('How many providers are asked.', 0),
});

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
    private readonly cache: ProviderHealthCache,
    private readonly polls: ProviderPolls,
    private readonly shared: SharedPolls,
  ) {}

  @Get()
  @Allow('read')
  listProviderHealth(
    @Query() { state, ...query }: ProviderHealthQuery,
  ): Promise<JsonText<ProviderHealthListBody>> {
    return this.directory.pages.answer(
      'providers',
      query,
      ({ name, removed }) => (removed ? undefined : this.bodyOf(name)),
      { matches: ({ name }) => state === undefined || this.bodyOf(name).state === state },
    );
  }

  @Get(':name')
  @Allow('read')
  readProviderHealth(@Param('name') name: string): ProviderHealthBody {
    return this.bodyOf(this.directory.get(name).name);
  }

  @Post('sweeps')
  @HttpCode(202)
  sweepProviderHealth(): s.Of<typeof SweepBody> {
    this.cache.checkNow().catch((error: unknown) => this.logger.warn(`a sweep failed: ${String(error)}`));
    return { providers: this.cache.names().length };
  }

  /** The health of a provider that is registered, also where nothing is known of it. */
  private bodyOf(name: string): ProviderHealthBody {
    const status = this.shared.get(name);
    if (status) return { state: status.healthy ? 'healthy' : 'unhealthy', ...providerStatusBody(status) };
    const nothing = { latency: null, latency_ms: null, checked_at: null, stale: false, since: null };
    const unchecked = 'does not implement HealthChecker'; // as the package says that this is a port of
    if (!this.polls.has(name))
      return { state: 'unchecked', name, healthy: true, message: unchecked, ...nothing, checked: false };
    return { state: 'unknown', name, healthy: null, message: 'not asked yet', ...nothing, checked: true };
  }
}

chapter('Provider health', ProviderHealthController, {
  listProviderHealth: {
    summary: 'Lists the last known health of providers by name, in pages',
    description: 'Answered from a cache, without a request to any provider.',
    answers: { 200: ['A page.', ProviderHealthListBody] },
  },
  readProviderHealth: {
    summary: 'Reads the last known health of a provider',
    answers: { 200: ['What is known.', ProviderHealthBody] },
    refusals: OF_A_PROVIDER,
  },
  sweepProviderHealth: {
    summary: 'Asks all providers for their health now',
    description: 'Joins a sweep in progress. Each result is visible as soon as it is known.',
    answers: { 202: ['They are being asked.', SweepBody] },
  },
});
