import { Body, Controller, Delete, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { answerOf, arrayParts, objectParts } from '../http/answers/json-parts.js';
import type { JsonStream } from '../http/answers/json-stream.js';
import type { JsonText } from '../http/answers/json-text.js';
import { LIGHT_OK, type LightStatus } from '../http/light.error.js';
import { TargetPolicy } from '../outbound/guard/target.policy.js';
import { Allow, IDENTITY, type IdentifiedRequest } from '../security/access.guard.js';
import { httpTargetOf } from './service.instance.js';
import type { ServiceRegistration } from './service.rows.js';
import { type InstanceBody, instanceBody, ServiceDirectory } from './service.directory.js';
import { ServiceRegistry } from './service.registry.js';
import { groupOf } from './check-id.js';
import { placeMeant, registrationOf } from './registration.js';
import { DeregisterServiceQuery, LookupQuery, RegisterServiceDto } from './registration.dto.js';

/** All instances of all services, by group. */
export type ServiceGroups = Readonly<Record<string, readonly InstanceBody[]>>;

/** The registry of light-controller, path for path: which services there are, and where. */
@Controller('services')
export class ServicesController {
  constructor(
    private readonly registry: ServiceRegistry,
    private readonly directory: ServiceDirectory,
    private readonly targets: TargetPolicy,
  ) {}

  @Post()
  @HttpCode(200)
  @Allow('register-service')
  async register(@Body() body: RegisterServiceDto, @Req() request: IdentifiedRequest): Promise<LightStatus> {
    const registration = registrationOf(body);
    this.assertAllowed(registration);
    await this.registry.register(registration, { onlyNew: request[IDENTITY]?.kind === 'registration' });
    return LIGHT_OK;
  }

  @Delete()
  @Allow('serve')
  async deregister(@Query() query: DeregisterServiceQuery): Promise<LightStatus> {
    await this.registry.deregister(placeMeant(query));
    return LIGHT_OK;
  }

  @Get()
  @Allow('lookup')
  list(): JsonText<ServiceGroups> | JsonStream<ServiceGroups> {
    const parts = objectParts(this.directory.listed(), ({ group, instances }) => [
      group,
      arrayParts(instances, (instance) => (instance.removed ? undefined : instanceBody(instance))),
    ]);
    return answerOf<ServiceGroups>(parts, this.directory.size);
  }

  @Get('lookup')
  @Allow('lookup')
  lookup(
    @Query() { serviceId, tag }: LookupQuery,
  ): JsonText<readonly InstanceBody[]> | JsonStream<readonly InstanceBody[]> {
    const instances = this.directory.lookup(serviceId, tag || undefined);
    if (instances) return answerOf(arrayParts(instances, instanceBody), instances.length);
    const group = groupOf(tag ? { serviceId, tag } : { serviceId });
    throw new VitalsError('service-not-found', `Object service not found for key ${group}.`);
  }

  /** A check that may not go where it says would fail for ever, and the instance would be removed for it. */
  private assertAllowed(registration: ServiceRegistration): void {
    const target = httpTargetOf(registration);
    const detail = target && this.targets.refusalOf(target);
    if (detail === undefined) return;
    throw new VitalsError('target-denied', detail, { faults: [{ pointer: '/address', detail }] });
  }
}
