import {
  bracketed,
  canonicalAddress,
  canParseUrl,
  checkIdOf,
  groupOf,
  type HttpTarget,
  type InstancePlace,
  placeOf,
  placeText,
  readCheckId,
  shortIdOf,
} from '@vitals/core/check';
import { pointerTo } from '@vitals/core/json';
import { invalid } from '../http/validation.js';
import {
  HEALTH_PATH,
  OF_HEALTH_PATH,
  type RegisteredCheckDto,
  type RegisterServiceDto,
  type ServicePlaceDto,
} from './service.dto.js';
import type { RegisteredCheck, ServiceRegistration, StoredInstance } from './service.rows.js';

/** What is meant where nothing is said, in milliseconds: light-4j's own defaults. */
const DEFAULTS = { interval: 10_000, deregisterCriticalServiceAfter: 120_000 };
const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** An instance of a service in memory. */
export class ServiceInstance implements InstancePlace {
  readonly key: number;
  readonly serviceId: string;
  readonly tag?: string;
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  /** `serviceId`, or `serviceId|tag`. */
  readonly group: string;
  /** The id of its check, whether it has one or not. */
  readonly id: string;

  name!: string | undefined;
  check!: RegisteredCheck | undefined;
  registeredAtMs!: number;
  /** Its check says that it must not be used; whoever sets it tells the directory. */
  critical = false;
  removed = false;

  constructor(stored: StoredInstance) {
    const { key, serviceId, tag, protocol, address, port } = stored;
    this.key = key;
    this.serviceId = serviceId;
    if (tag !== undefined) this.tag = tag;
    this.protocol = protocol;
    this.address = address;
    this.port = port;
    this.group = groupOf(this);
    this.id = checkIdOf(this);
    this.registeredAgain(stored);
  }

  /** As it is kept. */
  get stored(): StoredInstance {
    const { key, name, check, registeredAtMs } = this;
    return { key, ...placeOf(this), name, check, registeredAtMs };
  }

  /** Accepts what the same instance says when it registers again; what its check found is for its check to forget. */
  registeredAgain({ name, check, registeredAtMs }: StoredInstance): void {
    this.name = name;
    this.check = check;
    this.registeredAtMs = registeredAtMs;
  }
}

/**
 * What the HTTP check of an instance probes: `{protocol}://{address}:{port}{healthPath}{serviceId}`, as light-controller
 * does it; healthy is 200 and nothing else. `undefined` for a TTL, and for no check.
 */
export function httpTargetOf(instance: ServiceRegistration): HttpTarget | undefined {
  const { protocol, address, port, check, serviceId } = instance;
  if (!check?.healthPath) return undefined;
  return {
    kind: 'http',
    url: `${protocol}://${placeText(address, port)}${check.healthPath}${serviceId}`,
    method: 'GET',
    headers: {},
    expectedCodes: [{ first: 200, last: 200 }],
    tlsSkipVerify: check.tlsSkipVerify,
  };
}

/** The place that is meant, in the one form that it has here. */
export function placeMeant({ serviceId, tag, protocol, address, port }: ServicePlaceDto): InstancePlace {
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
export function registrationOf(body: RegisterServiceDto): ServiceRegistration {
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
  const noHttp = `an HTTP check needs the protocol http or https, not ${place.protocol}; leave it out for a TTL`;
  if (healthPath !== '' && !Object.hasOwn(PORTS, place.protocol)) throw wrong('healthPath', noHttp);
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
  const own = new URL(`http://${bracketed(address)}`).hostname;
  const isOwn =
    url?.protocol === `${protocol}:` &&
    url.hostname === own &&
    (Number(url.port) || PORTS[protocol]) === port;
  const path = `${url?.pathname}${url?.search}`;
  if (isOwn && path.endsWith(`/${serviceId}`)) return path.slice(0, -serviceId.length);
  const whole = `${protocol}://${placeText(address, port)}/…/${serviceId}`;
  throw wrong('http', `it must be a path such as "/health/", or the whole URL ${whole}`);
}

function wrong(member: string, detail: string): Error {
  return invalid([{ pointer: pointerTo('/check', member), detail }]);
}
