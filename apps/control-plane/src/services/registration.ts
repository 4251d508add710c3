import { canParseUrl } from '@vitals/core/check';
import { pointerTo } from '@vitals/core/json';
import { invalid } from '../http/validation.js';
import { canonicalAddress, checkIdOf, hostOf, readCheckId, shortIdOf } from './check-id.js';
import {
  HEALTH_PATH,
  OF_HEALTH_PATH,
  type RegisteredCheckDto,
  type RegisterServiceDto,
  type ServicePlaceDto,
} from './service.dto.js';
import type { InstancePlace, RegisteredCheck, ServiceRegistration } from './service.rows.js';

/** What is meant where nothing is said, in milliseconds: light-4j's own defaults. */
const DEFAULTS = { interval: 10_000, deregisterCriticalServiceAfter: 120_000 };

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

const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

function wrong(member: string, detail: string): Error {
  return invalid([{ pointer: pointerTo('/check', member), detail }]);
}
