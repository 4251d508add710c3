import { Body, Controller, Delete, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { chapter, OF_A_PROVIDER, WRITING } from '../../http/operation.js';
import { invalid } from '../../http/validation.js';
import { TargetPolicy } from '../../outbound/guard/target.policy.js';
import { Allow, type IdentifiedRequest, IDENTITY } from '../../security/access.guard.js';
import { Authenticator } from '../../security/authenticator.js';
import { healthTargetOf } from '../health.target.js';
import { assertName } from '../provider.directory.js';
import type { Registration } from '../provider.rows.js';
import { RegisteredBody } from '../provider.schema.js';
import { ProviderView } from '../reading/provider.view.js';
import { ApplyProviderDto, RegisterProviderDto, RegisterProviderQuery } from '../provider.dto.js';
import { ProviderLimit } from './provider.limit.js';
import { RegistrationService } from './registration.service.js';

/** Registration of providers. */
@Controller('providers')
export class RegistrationController {
  constructor(
    private readonly service: RegistrationService,
    private readonly view: ProviderView,
    private readonly authenticator: Authenticator,
    private readonly limit: ProviderLimit,
    private readonly targets: TargetPolicy,
  ) {}

  @Post()
  @Allow('register')
  register(
    @Body() body: RegisterProviderDto,
    @Body('metadata') metadata: unknown,
    @Query() { id }: RegisterProviderQuery,
    @Req() request: IdentifiedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RegisteredBody> {
    return this.answer(registrationOf(body, body.name, metadata), id, request, reply);
  }

  @Put(':name')
  @Allow('register')
  apply(
    @Param('name') name: string,
    @Body() body: ApplyProviderDto,
    @Body('metadata') metadata: unknown,
    @Req() request: IdentifiedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RegisteredBody> {
    assertName(name);
    return this.answer(registrationOf(body, name, metadata), undefined, request, reply);
  }

  @Delete(':name')
  @HttpCode(204)
  remove(@Param('name') name: string): Promise<void> {
    return this.service.remove(name);
  }

  /** A provider that wants to be asked for its health must be where the control plane may go. */
  private assertMayAsk({ endpoint, health_path: healthPath }: Registration): void {
    const target = healthPath === undefined ? undefined : healthTargetOf(endpoint, healthPath);
    const detail = target && this.targets.refusalOf(target);
    if (detail !== undefined) throw invalid([{ pointer: '/health_path', detail }]);
  }

  private async answer(
    registration: Registration,
    id: string | undefined,
    request: IdentifiedRequest,
    reply: FastifyReply,
  ): Promise<RegisteredBody> {
    this.limit.assertRoomFor(registration.name);
    this.assertMayAsk(registration);
    const { provider, stored, created, token } = await this.service.register(registration, {
      id,
      withToken: this.authenticator.enabled,
      onlyNew: request[IDENTITY]?.kind === 'registration',
    });
    void reply.code(created ? 201 : 200);
    return { ...this.view.body(provider, stored), ...(token !== undefined && { token }) };
  }
}

/** Only what is specified is kept, absent members stay absent; metadata as it came, transformed by nobody. */
export function registrationOf(body: ApplyProviderDto, name: string, metadata: unknown): Registration {
  const { endpoint, service_type, schema_version, display_name, operations, labels, health_path } = body;
  return {
    name,
    endpoint,
    service_type,
    schema_version,
    ...(display_name !== undefined && { display_name }),
    ...(operations && { operations }),
    ...(body.metadata && { metadata: metadata as Record<string, unknown> }),
    ...(labels && { labels }),
    ...(health_path !== undefined && { health_path }),
  };
}

const REGISTERED = { 200: 'It was registered again.', 201: 'It is new.' };

chapter('Providers', RegistrationController, {
  register: {
    id: 'registerProvider',
    summary: 'Registers a provider',
    description:
      'The name is the natural key: a name that is registered already gets the next generation. While authentication is on, the answer carries the token of the provider; the one before is good until the new one is used for the first time.',
    answers: REGISTERED,
    body: RegisteredBody,
    refusals: ['provider-id-conflict', ...WRITING],
  },
  apply: {
    id: 'applyProvider',
    summary: 'Registers a provider under the name in the path',
    answers: REGISTERED,
    body: RegisteredBody,
    refusals: WRITING,
  },
  remove: {
    id: 'removeProvider',
    summary: 'Removes a provider, and ends the history of its name',
    answers: { 204: 'It is removed.' },
    refusals: [...OF_A_PROVIDER, ...WRITING],
  },
});
