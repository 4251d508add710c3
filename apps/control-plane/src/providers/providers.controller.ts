import { Controller, Get, Param, Query } from '@nestjs/common';
import { IsIn, IsString } from 'class-validator';
import type { JsonText } from '../http/json-answer.js';
import { PageQuery, PageText } from '../http/list-page.js';
import { LabelPairs, OptionalMember, WholeText } from '../http/members.js';
import { chapter, OF_A_PROVIDER } from '../http/operation.js';
import * as s from '../http/schema.js';
import { readLabels } from '../http/validation.js';
import { Database } from '../database/database.js';
import { Feed } from '../database/feed.js';
import { Allow } from '../security/access.guard.js';
import { PHASES, type Provider } from './provider.js';
import { ProviderDirectory } from './provider.directory.js';
import { readRegistrations } from './provider.rows.js';
import { AVAILABILITIES, ProviderBody, ProviderStatusBody, ProviderView } from './provider.view.js';

/** Registrations that are read at a time: a page may be full with the first of them. */
const READ_AT_ONCE = 64;

/** Which providers to list. */
export class ListProvidersQuery extends PageQuery {
  @OptionalMember('The service type.', IsString())
  type?: string;

  @OptionalMember('What it reported last.', IsIn(PHASES))
  phase?: string;

  @OptionalMember('What is known of it now.', IsIn(AVAILABILITIES))
  availability?: string;

  @OptionalMember('metadata.zone.', IsString())
  zone?: string;

  @OptionalMember('One that it has.', IsString())
  capability?: string;

  @OptionalMember('`key=value`; may be given more than once, and all must hold.', LabelPairs())
  label?: string | string[];
}

/** What changed since a transition. */
export class StatusListQuery extends PageQuery {
  @OptionalMember(
    'The sequence of an earlier answer, for only what changed since.',
    WholeText(0, Number.MAX_SAFE_INTEGER),
  )
  changed_since?: number;
}

const ProviderListBody = s.object(
  'ProviderList',
  'A page of providers, by name.',
  { providers: s.listOf(s.ref(ProviderBody)) },
  s.NEXT_PAGE,
);
type ProviderListBody = s.Of<typeof ProviderListBody>;

const StatusListBody = s.object(
  'StatusList',
  'A page of states, by name.',
  {
    providers: s.listOf(s.ref(ProviderStatusBody)),
    sequence: s.whole('Give it as changed_since for what changes from here on.', 0),
  },
  s.NEXT_PAGE,
);
type StatusListBody = s.Of<typeof StatusListBody>;

/** What is known of providers. */
@Controller()
export class ProvidersController {
  constructor(
    private readonly directory: ProviderDirectory,
    private readonly view: ProviderView,
    private readonly feed: Feed,
    private readonly database: Database,
  ) {}

  @Get('providers/:name')
  @Allow('read')
  async readProvider(@Param('name') name: string): Promise<ProviderBody> {
    const provider = this.directory.get(name);
    const stored = (await readRegistrations(this.database, [provider.key])).get(provider.key);
    return stored ? this.view.body(provider, stored) : this.readProvider(name);
  }

  @Get('providers/:name/status')
  @Allow('read')
  readProviderStatus(@Param('name') name: string): ProviderStatusBody {
    return this.view.status(this.directory.get(name));
  }

  @Get('providers')
  @Allow('read')
  listProviders(@Query() query: ListProvidersQuery): Promise<JsonText<ProviderListBody>> {
    return PageText.form((page) => this.listOn(page, query));
  }

  @Get('provider-status')
  @Allow('read')
  listProviderStatus(@Query() query: StatusListQuery): Promise<JsonText<StatusListBody>> {
    const since = query.changed_since ?? -1;
    return this.directory.pages.answer(
      'providers',
      query,
      (provider) => (provider.removed ? undefined : this.view.status(provider)),
      {
        matches: ({ lastSequence }) => lastSequence > since,
        // what changes while the page is written is told again by the one after
        more: { sequence: this.feed.lastSequence },
      },
    );
  }

  private async listOn(page: PageText, query: ListProvidersQuery): Promise<JsonText<ProviderListBody>> {
    const found = await this.directory.pages.page(this.matcher(query), query.max_page_size, query.page_token);
    let read = 0;
    for (let isRoom = true; isRoom && read < found.items.length;) {
      const some = found.items.slice(read, read + READ_AT_ONCE);
      const registrations = await readRegistrations(
        this.database,
        some.map(({ key }) => key),
      );
      for (const provider of some) {
        const stored = registrations.get(provider.key);
        // one that was removed meanwhile is left out
        if (stored && !(isRoom = page.add(this.view.body(provider, stored)))) break;
        read++;
      }
    }
    return page.end<ProviderListBody>('providers', {
      next_page_token: this.directory.pages.tokenBehind(found, read),
    });
  }

  private matcher(query: ListProvidersQuery): (provider: Provider) => boolean {
    const { type, phase, availability, zone, capability } = query;
    const labels = readLabels(query.label);
    return (provider) =>
      (type === undefined || provider.serviceType === type) &&
      (phase === undefined || provider.phase === phase) &&
      (zone === undefined || provider.zone === zone) &&
      (capability === undefined || provider.capabilities.includes(capability)) &&
      labels.every(([key, value]) => provider.labels[key] === value) &&
      (availability === undefined || this.view.availability(provider) === availability);
  }
}

chapter('Providers', ProvidersController, {
  listProviders: {
    summary: 'Lists providers by name, in pages',
    answers: { 200: ['A page.', ProviderListBody] },
    refusals: ['store-unavailable'],
  },
  readProvider: {
    summary: 'Reads a provider',
    answers: { 200: ['The provider.', ProviderBody] },
    refusals: [...OF_A_PROVIDER, 'store-unavailable'],
  },
  readProviderStatus: {
    summary: 'Reads the liveness of a provider',
    answers: { 200: ['Its state now, a passed deadline included.', ProviderStatusBody] },
    refusals: OF_A_PROVIDER,
  },
  listProviderStatus: {
    summary: 'Lists the states of providers by name, in pages',
    description: 'With changed_since only those that changed since that transition, or soon after it.',
    answers: { 200: ['A page.', StatusListBody] },
  },
});
