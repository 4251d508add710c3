import { Controller, Get, Param, Query } from '@nestjs/common';
import { readLabels } from '../../http/validation.js';
import { ControlPlaneStore } from '../../persistence/control-plane.store.js';
import { Journal } from '../../persistence/journal.js';
import { Allow } from '../../security/access.guard.js';
import type { Provider } from '../provider.js';
import { ProviderDirectory } from '../provider.directory.js';
import { ListProvidersQuery, StatusListQuery } from './list.query.js';
import { type ProviderBody, type ProviderStatusBody, ProviderView } from './provider.view.js';

/** A page of providers. */
export interface ProviderListBody {
  readonly providers: readonly ProviderBody[];
  readonly next_page_token?: string;
}

/** A page of states; `sequence` is what to ask for as `changed_since` the next time. */
export interface StatusListBody {
  readonly providers: readonly ProviderStatusBody[];
  readonly next_page_token?: string;
  readonly sequence: number;
}

/** What is known of providers. */
@Controller()
export class ReadingController {
  constructor(
    private readonly directory: ProviderDirectory,
    private readonly view: ProviderView,
    private readonly journal: Journal,
    private readonly store: ControlPlaneStore,
  ) {}

  @Get('providers/:name')
  @Allow('read')
  async read(@Param('name') name: string): Promise<ProviderBody> {
    const [body] = await this.bodies([this.directory.get(name)]);
    return body ?? this.read(name);
  }

  @Get('providers/:name/status')
  @Allow('read')
  status(@Param('name') name: string): ProviderStatusBody {
    return this.view.status(this.directory.get(name));
  }

  @Get('providers')
  @Allow('read')
  async list(@Query() query: ListProvidersQuery): Promise<ProviderListBody> {
    const { items, nextToken } = this.directory.page(
      this.matcher(query),
      query.max_page_size,
      query.page_token,
    );
    return {
      providers: await this.bodies(items),
      ...(nextToken && { next_page_token: nextToken }),
    };
  }

  @Get('provider-status')
  @Allow('read')
  statusOfAll(@Query() query: StatusListQuery): StatusListBody {
    const since = query.changed_since ?? -1;
    const { items, nextToken } = this.directory.page(
      ({ lastSequence }) => lastSequence > since,
      query.max_page_size,
      query.page_token,
    );
    return {
      providers: items.map((provider) => this.view.status(provider)),
      ...(nextToken && { next_page_token: nextToken }),
      sequence: this.journal.lastSequence,
    };
  }

  /** Those that were removed meanwhile are left out. */
  private async bodies(providers: readonly Provider[]): Promise<ProviderBody[]> {
    const registrations = await this.store.registrations(providers.map(({ key }) => key));
    return providers.flatMap((provider) => {
      const stored = registrations.get(provider.key);
      return stored ? [this.view.body(provider, stored)] : [];
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
