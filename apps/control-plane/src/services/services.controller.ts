import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  HttpException,
  Post,
  Query,
  Req,
} from '@nestjs/common';
import { canParseUrl } from '@vitals/core/check';
import { VitalsError } from '@vitals/core/errors';
import { pointerTo } from '@vitals/core/json';
import { answerOf, arrayParts, objectParts } from '../http/answers/json-parts.js';
import type { JsonStream } from '../http/answers/json-stream.js';
import type { JsonText } from '../http/answers/json-text.js';
import { LIGHT_OK, type LightStatus } from '../http/light.error.js';
import { invalid } from '../http/validation.js';
import { TargetPolicy } from '../outbound/guard/target.policy.js';
import { Allow, IDENTITY, type IdentifiedRequest } from '../security/access.guard.js';
import { httpTargetOf } from './service.instance.js';
import type { InstancePlace, RegisteredCheck, ServiceRegistration } from './service.rows.js';
import { type InstanceBody, instanceBody, ServiceDirectory } from './service.directory.js';
import { ServiceRegistry } from './service.registry.js';
import { canonicalAddress, checkIdOf, groupOf, hostOf, readCheckId, shortIdOf } from './check-id.js';
import {
  DeregisterServiceQuery,
  HEALTH_PATH,
  LookupQuery,
  OF_HEALTH_PATH,
  type RegisteredCheckDto,
  RegisterServiceDto,
  type ServiceNodeDto,
} from './registration.dto.js';

/** What is meant where nothing is said, in milliseconds: light-4j's own defaults. */
const DEFAULTS = { interval: 10_000, deregisterCriticalServiceAfter: 120_000 };
/** Ports that a URL leaves out. */
const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** RFC 9110 section 15.5.22. */
const UPGRADE_REQUIRED = 426;

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

/** What is said to whoever asks for the WebSocket without asking for one; see `SubscriptionsService`. */
@Controller()
export class SubscriptionsController {
  @Get('ws')
  @Header('upgrade', 'websocket')
  @Allow('lookup')
  refuse(): never {
    const detail = 'this is a WebSocket: connect with a WebSocket client, and send subscriptions as text';
    throw new HttpException(detail, UPGRADE_REQUIRED);
  }
}

/** The place that is meant, in the one form that it has here. */
function placeMeant({ serviceId, tag, protocol, address, port }: ServiceNodeDto): InstancePlace {
  return {
    serviceId,
    ...(tag && { tag }),
    protocol: protocol.toLowerCase(),
    address: canonicalAddress(address) as string,
    port,
  };
}

/**
 * A registration as it is kept.
 * @throws VitalsError `request-invalid` for a check that is not one of this instance
 */
function registrationOf(body: RegisterServiceDto): ServiceRegistration {
  const place = placeMeant(body);
  return {
    ...place,
    ...(typeof body.name === 'string' && { name: body.name }),
    ...(body.check && { check: checkOf(body.check, place) }),
  };
}

function checkOf(check: RegisteredCheckDto, place: InstancePlace): RegisteredCheck {
  const { interval, deregisterCriticalServiceAfter, tlsSkipVerify } = check;
  assertOwnId(check.id, place);
  const healthPath = check.healthPath || pathOf(check.http ?? '', place);
  if (!HEALTH_PATH.test(healthPath)) throw wrong('http', `it ${OF_HEALTH_PATH}`);
  if (healthPath !== '' && place.protocol !== 'http' && place.protocol !== 'https') {
    throw wrong(
      'healthPath',
      `an HTTP check needs the protocol http or https, not ${place.protocol}; leave it out for a TTL`,
    );
  }
  return {
    healthPath,
    tlsSkipVerify: tlsSkipVerify ?? false,
    interval: interval ?? DEFAULTS.interval,
    deregisterCriticalServiceAfter: deregisterCriticalServiceAfter ?? DEFAULTS.deregisterCriticalServiceAfter,
  };
}

/** A check that had another id could not be found by it: heartbeats would be lost in silence. */
function assertOwnId(id: string | null | undefined, place: InstancePlace): void {
  if (!id) return;
  const own = checkIdOf(place);
  const isOwn = readCheckId(id).some((reading) =>
    reading.protocol === undefined
      ? shortIdOf(reading) === shortIdOf(place)
      : checkIdOf({ ...reading, protocol: reading.protocol }) === own,
  );
  if (!isOwn) throw wrong('id', `the check of this node has the id ${own}; send that, or leave it out`);
}

/** `http` is another name of `healthPath`; older clients send the whole URL, with the id of the service at its end. */
function pathOf(http: string, place: InstancePlace): string {
  if (http === '' || http.startsWith('/')) return http;
  const { protocol, address, port, serviceId } = place;
  const url = canParseUrl(http) ? new URL(http) : undefined;
  const own = new URL(`http://${hostOf(address)}`).hostname;
  const isOwn =
    url?.protocol === `${protocol}:` &&
    url.hostname === own &&
    (Number(url.port) || PORTS[protocol]) === port;
  const path = `${url?.pathname}${url?.search}`;
  if (isOwn && path.endsWith(`/${serviceId}`)) return path.slice(0, -serviceId.length);
  throw wrong(
    'http',
    `it must be a path such as "/health/", or the whole URL ${protocol}://${hostOf(address)}:${port}/…/${serviceId}`,
  );
}

function wrong(member: string, detail: string): Error {
  return invalid([{ pointer: pointerTo('/check', member), detail }]);
}
