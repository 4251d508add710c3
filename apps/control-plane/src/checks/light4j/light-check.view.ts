import { bracketed } from '@vitals/core/check';
import * as s from '../../http/schema.js';
import type { ServiceInstance } from '../../services/service.instance.js';
import type { Check } from '../check.js';
import { CHECK_STALE, CHECK_STATUS } from '../wire/check.schema.js';

const EPOCH_MS = (description: string): s.Schema<number> =>
  s.whole(`${description} Epoch milliseconds; 0: not yet.`, 0);

/**
 * The check of a service as light-controller tells it: durations and epoch times are numbers of milliseconds, a time
 * that has not come is 0, and a tag that is not there is `null`, as its JSON writes members that are not set. The
 * members behind are not light-controller's.
 */
export const LightCheckBody = s.object(
  'ServiceCheck',
  'The check of a service, as light-controller answers it; status, stale and message are not in its answers.',
  {
    id: s.text('`serviceId:protocol:address:port`, with a tag `serviceId|tag:protocol:address:port`.'),
    serviceId: s.text('Whose check it is.'),
    tag: s.orNull(s.text('Its environment.')),
    protocol: s.text('In lower case.'),
    address: s.text('A name, an IPv4 address, or an IPv6 address in brackets.'),
    port: s.whole('Where it listens.', 1, 65_535),
    healthPath: s.text('Empty for a TTL.'),
    tlsSkipVerify: s.flag('Takes any certificate.'),
    interval: s.whole('In milliseconds.', 0),
    executeInterval: s.whole('How far apart its runs are now, in milliseconds.', 0),
    deregisterCriticalServiceAfter: s.whole('In milliseconds; 0: never.', 0),
    lastExecuteTimestamp: EPOCH_MS('The last run, or the last heartbeat.'),
    lastFailedTimestamp: EPOCH_MS('The first failure of the streak that goes on.'),
    status: CHECK_STATUS,
    stale: CHECK_STALE,
    message: s.text('What was found last.'),
  },
);
export type LightCheckBody = s.Of<typeof LightCheckBody>;

/** The checks of all services, by id. */
export const LightChecksBody = s.component<Readonly<Record<string, LightCheckBody>>>('ServiceChecks', {
  type: 'object',
  additionalProperties: s.ref(LightCheckBody),
  description: 'Checks by their ids.',
});
export type LightChecksBody = s.Of<typeof LightChecksBody>;

/** The check of a service as light-controller's clients read it. */
export function lightCheckBody(check: Check, service: ServiceInstance, stale: boolean): LightCheckBody {
  const { serviceId, tag, protocol, address, port, check: registered } = service;
  const { definition, state, results, isTtl } = check;
  const { intervalMs, deregisterAfterMs } = definition;
  return {
    id: check.id,
    serviceId,
    tag: tag ?? null,
    protocol,
    address: bracketed(address),
    port,
    healthPath: registered?.healthPath ?? '',
    tlsSkipVerify: registered?.tlsSkipVerify ?? false,
    interval: intervalMs,
    executeInterval: isTtl ? intervalMs : state.executeIntervalMs,
    deregisterCriticalServiceAfter: deregisterAfterMs,
    lastExecuteTimestamp: check.executedAtMs ?? 0,
    lastFailedTimestamp: check.failedAtMs ?? 0,
    status: check.status,
    stale,
    message: results.last?.message ?? '',
  };
}
