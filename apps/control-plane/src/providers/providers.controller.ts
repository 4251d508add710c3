import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { readLabels } from '../http/validation.js';
import type { Registration } from '../persistence/control-plane.store.js';
import type { Provider } from './provider.js';
import { assertName, ProviderDirectory } from './provider.directory.js';
import { type ProviderBody, type ProviderStatusBody, ProviderView } from './provider.view.js';
import { type Registered, ProvidersService } from './providers.service.js';
import {
  ApplyProviderDto,
  ListProvidersQuery,
  RegisterProviderDto,
  RegisterProviderQuery,
  StatusListQuery,
} from './registration.dto.js';

/** Registration of providers, and what is known of them. */
@Controller()
export class ProvidersController {
  constructor(
    private readonly service: ProvidersService,
    private readonly directory: ProviderDirectory,
    private readonly view: ProviderView,
  ) {}

  @Post('providers')
  async register(
    @Body() body: RegisterProviderDto,
    @Body('metadata') metadata: unknown,
    @Query() { id }: RegisterProviderQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProviderBody> {
    return this.answer(await this.service.register(registrationOf(body, body.name, metadata), id), reply);
  }

  @Put('providers/:name')
  async apply(
    @Param('name') name: string,
    @Body() body: ApplyProviderDto,
    @Body('metadata') metadata: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProviderBody> {
    assertName(name);
    return this.answer(await this.service.register(registrationOf(body, name, metadata), undefined), reply);
  }

  @Get('providers/:name')
  read(@Param('name') name: string): ProviderBody {
    return this.view.body(this.directory.get(name));
  }

  @Delete('providers/:name')
  @HttpCode(204)
  remove(@Param('name') name: string): Promise<void> {
    return this.service.remove(name);
  }

  @Get('providers')
  list(@Query() query: ListProvidersQuery): { providers: ProviderBody[]; next_page_token?: string } {
    const { items, nextToken } = this.directory.page(
      this.matcher(query),
      query.max_page_size,
      query.page_token,
    );
    return {
      providers: items.map((provider) => this.view.body(provider)),
      ...(nextToken && { next_page_token: nextToken }),
    };
  }

  @Get('providers/:name/status')
  status(@Param('name') name: string): ProviderStatusBody {
    return this.view.status(this.directory.get(name));
  }

  @Get('provider-status')
  statusOfAll(@Query() query: StatusListQuery): {
    providers: ProviderStatusBody[];
    next_page_token?: string;
  } {
    const since = query.changed_since ?? -1;
    const { items, nextToken } = this.directory.page(
      ({ lastSequence }) => lastSequence > since,
      query.max_page_size,
      query.page_token,
    );
    return {
      providers: items.map((provider) => this.view.status(provider)),
      ...(nextToken && { next_page_token: nextToken }),
    };
  }

  private answer({ provider, created }: Registered, reply: FastifyReply): ProviderBody {
    void reply.code(created ? 201 : 200);
    return this.view.body(provider);
  }

  private matcher({
    type,
    phase,
    availability,
    zone,
    capability,
    label,
  }: ListProvidersQuery): (provider: Provider) => boolean {
    const labels = readLabels(label);
    return (provider) =>
      (type === undefined || provider.registration.service_type === type) &&
      (phase === undefined || provider.report.phase === phase) &&
      (zone === undefined || provider.zone === zone) &&
      (capability === undefined || provider.info.capabilities.includes(capability)) &&
      labels.every(([key, value]) => provider.registration.labels?.[key] === value) &&
      (availability === undefined || this.view.status(provider).availability === availability);
  }
}

/** Only what is specified is kept, absent members stay absent; metadata as it came, transformed by nobody. */
function registrationOf(body: ApplyProviderDto, name: string, metadata: unknown): Registration {
  const { endpoint, service_type, schema_version, display_name, operations, labels } = body;
  return {
    name,
    endpoint,
    service_type,
    schema_version,
    ...(display_name !== undefined && { display_name }),
    ...(operations && { operations }),
    ...(body.metadata && { metadata: metadata as Record<string, unknown> }),
    ...(labels && { labels }),
  };
}
