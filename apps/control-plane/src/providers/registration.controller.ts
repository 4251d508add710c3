import { Body, Controller, Delete, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { canParseUrl, type HttpTarget } from '@vitals/core/check';
import type { FastifyReply } from 'fastify';
import { OptionalMember, Pattern } from '../http/members.js';
import { chapter, OF_A_PROVIDER, WRITING } from '../http/operation.js';
import * as s from '../http/schema.js';
import { invalid } from '../http/validation.js';
import { TargetPolicy } from '../outbound/guard/target.policy.js';
import { Allow, type IdentifiedRequest, IDENTITY } from '../security/access.guard.js';
import { Authenticator } from '../security/authenticator.js';
import { OperationsService } from './operations.service.js';
import { assertName } from './provider.directory.js';
import type { Registration } from './provider.rows.js';
import { ApplyProviderDto, RegisterProviderDto } from './provider.schema.js';
import { ProviderBody, ProviderView } from './provider.view.js';
import { RegistrationService } from './registration.service.js';

/** The id that a provider may choose for itself. */
export class RegisterProviderQuery {
  @OptionalMember(
    'Chosen by the provider; must not belong to another name.',
    Pattern(/^[\x21-\x7e]{1,253}$/, 'must be 1 to 253 printable ASCII characters without spaces'),
  )
  id?: string;
}

const RegisteredBody = s.object(
  'RegisteredProvider',
  'A provider that was registered, with its token.',
  ProviderBody.members,
  {
    ...ProviderBody.optional,
    token: s.text('Its own from now on, and shown only here; left out while authentication is off.'),
  },
);
type RegisteredBody = s.Of<typeof RegisteredBody>;

/** Registration of providers. */
@Controller('providers')
export class RegistrationController {
  constructor(
    private readonly service: RegistrationService,
    private readonly operations: OperationsService,
    private readonly view: ProviderView,
    private readonly authenticator: Authenticator,
    private readonly targets: TargetPolicy,
  ) {}

  @Post()
  @Allow('register')
  registerProvider(
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
  applyProvider(
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
  removeProvider(@Param('name') name: string): Promise<void> {
    return this.operations.remove(name);
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
    this.service.assertRoomFor(registration.name);
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

/** Path and query; what follows "#" is not sent. */
const PATH = /^([^?#]*)(\?[^#]*)?/;

/**
 * What a provider is asked for its health with: any code from 200 to 299 is healthy. It is always the endpoint's own
 * server that is asked, also where the path begins with "//", which elsewhere in the web would be another host.
 */
export function healthTargetOf(endpoint: string, healthPath: string): HttpTarget {
  const expectedCodes = [{ first: 200, last: 299 }];
  const url = urlOf(endpoint, healthPath);
  return { kind: 'http', url, method: 'GET', headers: {}, expectedCodes, tlsSkipVerify: false };
}

function urlOf(endpoint: string, healthPath: string): string {
  if (!canParseUrl('/', endpoint)) return endpoint;
  const url = new URL('/', endpoint);
  const [, path = '', query = ''] = PATH.exec(healthPath) ?? [];
  url.pathname = path;
  url.search = query;
  return url.href;
}

const REGISTERED = {
  200: ['It was registered again.', RegisteredBody],
  201: ['It is new.', RegisteredBody],
} as const;

chapter('Providers', RegistrationController, {
  registerProvider: {
    summary: 'Registers a provider',
    description:
      'The name is the natural key: a name that is registered already gets the next generation. While authentication is on, the answer carries the token of the provider; the one before is good until the new one is used for the first time.',
    answers: REGISTERED,
    refusals: ['provider-id-conflict', ...WRITING],
  },
  applyProvider: {
    summary: 'Registers a provider under the name in the path',
    answers: REGISTERED,
    refusals: WRITING,
  },
  removeProvider: {
    summary: 'Removes a provider, and ends the history of its name',
    answers: { 204: 'It is removed.' },
    refusals: [...OF_A_PROVIDER, ...WRITING],
  },
});
