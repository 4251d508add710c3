import { RunningClock } from '@vitals/core/time';
import { Injectable } from '@nestjs/common';
import {
  component,
  flag,
  object,
  type Of,
  orNull,
  ref,
  type Schema,
  text,
  whole,
} from '../../http/schema.js';
import { hostOf } from '../../services/check-id.js';
import type { ServiceInstance } from '../../services/service.instance.js';
import type { Check } from '../check.js';
import { isStale } from '../staleness.js';
import { CHECK_STALE, CHECK_STATUS } from '../wire/check.schema.js';

const EPOCH_MS = (description: string): Schema<number> =>
  whole(`${description} Epoch milliseconds; 0: not yet.`, 0);

/**
 * The check of a service as light-controller tells it: durations and epoch times are numbers of milliseconds, a time
 * that has not come is 0, and a tag that is not there is `null`, as its JSON writes members that are not set. The
 * members behind are not light-controller's.
 */
export const LightCheckBody = object(
  'ServiceCheck',
  'The check of a service, as light-controller answers it; status, stale and message are not in its answers.',
  {
    id: text('`serviceId:protocol:address:port`, with a tag `serviceId|tag:protocol:address:port`.'),
    serviceId: text('Whose check it is.'),
    tag: orNull(text('Its environment.')),
    protocol: text('In lower case.'),
    address: text('A name, an IPv4 address, or an IPv6 address in brackets.'),
    port: whole('Where it listens.', 1, 65_535),
    healthPath: text('Empty for a TTL.'),
    tlsSkipVerify: flag('Takes any certificate.'),
    interval: whole('In milliseconds.', 0),
    executeInterval: whole('How far apart its runs are now, in milliseconds.', 0),
    deregisterCriticalServiceAfter: whole('In milliseconds; 0: never.', 0),
    lastExecuteTimestamp: EPOCH_MS('The last run, or the last heartbeat.'),
    lastFailedTimestamp: EPOCH_MS('The first failure of the streak that goes on.'),
    status: CHECK_STATUS,
    stale: CHECK_STALE,
    message: text('What was found last.'),
  },
);
export type LightCheckBody = Of<typeof LightCheckBody>;

/** The checks of all services, by id. */
export const LightChecksBody = component<Readonly<Record<string, LightCheckBody>>>('ServiceChecks', {
  type: 'object',
  additionalProperties: ref(LightCheckBody),
  description: 'Checks by their ids.',
});
export type LightChecksBody = Of<typeof LightChecksBody>;

/** Checks of services as light-controller's clients read them. */
@Injectable()
export class LightCheckView {
  constructor(private readonly running: RunningClock) {}

  isStale({ definition, state }: Check): boolean {
    return isStale(definition, state, this.running.nowMs());
  }

  body(
    check: Check,
    { serviceId, tag, protocol, address, port, check: registered }: ServiceInstance,
  ): LightCheckBody {
    const { definition, state, results, isTtl } = check;
    const { intervalMs, deregisterAfterMs } = definition;
    return {
      id: check.id,
      serviceId,
      tag: tag ?? null,
      protocol,
      address: hostOf(address),
      port,
      healthPath: registered?.healthPath ?? '',
      tlsSkipVerify: registered?.tlsSkipVerify ?? false,
      interval: intervalMs,
      executeInterval: isTtl ? intervalMs : state.executeIntervalMs,
      deregisterCriticalServiceAfter: deregisterAfterMs,
      lastExecuteTimestamp: check.executedAtMs ?? 0,
      lastFailedTimestamp: check.failedAtMs ?? 0,
      status: check.status,
      stale: this.isStale(check),
      message: results.last?.message ?? '',
    };
  }
}
