import { canParseUrl } from '@vitals/core/check';
import type { RegisteredCheck } from '../../database/check.change.js';
import type { ServiceNode } from '../../api-docs/schemas/services.js';
import { invalid } from '../../http/validation.js';
import { canonicalAddress, hostOf } from '../address.js';
import { checkIdOf, readCheckId, shortIdOf } from '../check-id.js';
import type { ServiceRegistration } from '../service.registry.js';
import { HEALTH_PATH, OF_HEALTH_PATH, type RegisteredCheckDto, type RegisterServiceDto, type ServiceNodeDto } from '../service.dto.js';
import { pointerTo } from '@vitals/core/json';

/** What is meant where nothing is said, in milliseconds: light-4j's own defaults. */
const DEFAULTS = { interval: 10_000, deregisterCriticalServiceAfter: 120_000 };

/** The node that is meant, in the one form that it has here. */
export function nodeOf({ serviceId, tag, protocol, address, port }: ServiceNodeDto): ServiceNode {
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
 * @throws VitalsError `request-invalid` for a check that is not one of this node
 */
export function registrationOf(body: RegisterServiceDto): ServiceRegistration {
  const node = nodeOf(body);
  return {
    ...node,
    ...(typeof body.name === 'string' && { name: body.name }),
    ...(body.check && { check: checkOf(body.check, node) }),
  };
}

function checkOf(check: RegisteredCheckDto, node: ServiceNode): RegisteredCheck {
  const { interval, deregisterCriticalServiceAfter, tlsSkipVerify } = check;
  assertOwnId(check.id, node);
  const healthPath = check.healthPath || pathOf(check.http ?? '', node);
  if (!HEALTH_PATH.test(healthPath)) throw wrong('http', `it ${OF_HEALTH_PATH}`);
  if (healthPath !== '' && node.protocol !== 'http' && node.protocol !== 'https') {
    throw wrong(
      'healthPath',
      `an HTTP check needs the protocol http or https, not ${node.protocol}; leave it out for a TTL`,
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
function assertOwnId(id: string | null | undefined, node: ServiceNode): void {
  if (!id) return;
  const own = checkIdOf(node);
  const isOwn = readCheckId(id).some((reading) =>
    reading.protocol === undefined
      ? shortIdOf(reading) === shortIdOf(node)
      : checkIdOf({ ...reading, protocol: reading.protocol }) === own,
  );
  if (!isOwn) throw wrong('id', `the check of this node has the id ${own}; send that, or leave it out`);
}

/** `http` is another name of `healthPath`; older clients send the whole URL, with the id of the service at its end. */
function pathOf(http: string, node: ServiceNode): string {
  if (http === '' || http.startsWith('/')) return http;
  const { protocol, address, port, serviceId } = node;
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
