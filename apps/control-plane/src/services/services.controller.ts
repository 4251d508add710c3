import { Body, Controller, Delete, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import { groupOf } from '@vitals/core/check';
import { VitalsError } from '@vitals/core/errors';
import { answerOf, arrayParts, type JsonText, objectParts } from '../http/json-answer.js';
import { LIGHT_OK, type LightStatus, LightStatusBody } from '../http/light.error.js';
import { chapter, WRITING } from '../http/operation.js';
import { TargetPolicy } from '../outbound/guard/target.policy.js';
import { Allow, IDENTITY, type IdentifiedRequest } from '../security/access.guard.js';
import { instanceBody, ServiceDirectory } from './service.directory.js';
import {
  DeregisterServiceQuery,
  GroupsBody,
  type InstanceBody,
  InstancesBody,
  LookupQuery,
  RegisterServiceDto,
} from './service.dto.js';
import { httpTargetOf, placeMeant, registrationOf } from './service.instance.js';
import { ServiceRegistry } from './service.registry.js';

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
  async registerService(
    @Body() body: RegisterServiceDto,
    @Req() request: IdentifiedRequest,
  ): Promise<LightStatus> {
    const registration = registrationOf(body);
    const target = httpTargetOf(registration);
    const detail = target && this.targets.refusalOf(target);
    // a check that may not go where it says would fail for ever, and the instance would be removed for it
    if (detail !== undefined)
      throw new VitalsError('target-denied', detail, { faults: [{ pointer: '/address', detail }] });
    await this.registry.register(registration, { onlyNew: request[IDENTITY]?.kind === 'registration' });
    return LIGHT_OK;
  }

  @Delete()
  @Allow('serve')
  async deregisterService(@Query() query: DeregisterServiceQuery): Promise<LightStatus> {
    await this.registry.deregister(placeMeant(query));
    return LIGHT_OK;
  }

  @Get()
  @Allow('lookup')
  listServices(): JsonText<GroupsBody> {
    const parts = objectParts(this.directory.listed(), ({ group, instances }) => [
      group,
      arrayParts(instances, (instance) => (instance.removed ? undefined : instanceBody(instance))),
    ]);
    return answerOf<GroupsBody>(parts, this.directory.size);
  }

  @Get('lookup')
  @Allow('lookup')
  lookUpService(@Query() { serviceId, tag }: LookupQuery): JsonText<readonly InstanceBody[]> {
    const instances = this.directory.lookup(serviceId, tag || undefined);
    if (instances) return answerOf(arrayParts(instances, instanceBody), instances.length);
    const group = groupOf(tag ? { serviceId, tag } : { serviceId });
    throw new VitalsError('service-not-found', `Object service not found for key ${group}.`);
  }
}

chapter('Services', ServicesController, {
  registerService: {
    summary: 'Registers a node of a service',
    description:
      'The same node registers again in place of itself, and its failures are forgotten; one that does not fail stays as it was found, also with another check, and nothing changes if it says what it said before. With a `healthPath` it is checked by `GET {protocol}://{address}:{port}{healthPath}{serviceId}`, where 200 is healthy; with a check and no path it has to send heartbeats; without a check nobody checks it. Where checks may not connect (`VITALS_CHECK_ALLOW_CIDRS`), the registration is refused.',
    answers: { 200: ['It is registered.', LightStatusBody] },
    refusals: ['target-denied', ...WRITING],
  },
  deregisterService: {
    summary: 'Removes a node of a service, and its check',
    description:
      'A node that is not registered is removed already. One that was removed because it failed is not remembered any more.',
    answers: { 200: ['It is not registered.', LightStatusBody] },
    refusals: WRITING,
  },
  listServices: {
    summary: 'Lists all nodes of all services',
    description: 'Those that are critical too.',
    answers: { 200: ['All of them.', GroupsBody] },
  },
  lookUpService: {
    summary: 'Looks up the nodes of a service that are not critical',
    answers: { 200: ['Those that are not critical; none if all are.', InstancesBody] },
    refusals: ['service-not-found'],
  },
});
