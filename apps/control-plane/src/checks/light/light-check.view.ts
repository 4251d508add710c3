import type { CheckStatus } from '@vitals/core/check';
import { RunningClock } from '@vitals/core/time';
import { Injectable } from '@nestjs/common';
import { hostOf } from '../../services/check-id.js';
import type { ServiceInstance } from '../../services/service.instance.js';
import type { Check } from '../check.js';
import { isStale } from '../api/view/staleness.js';

/**
 * The check of a service as light-controller tells it: durations and epoch times are numbers of milliseconds, a time
 * that has not come is 0, and a tag that is not there is `null`, as its JSON writes members that are not set. The
 * members behind are not light-controller's.
 */
export interface LightCheckBody {
  readonly id: string;
  readonly serviceId: string;
  readonly tag: string | null;
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  /** Empty for a TTL. */
  readonly healthPath: string;
  readonly tlsSkipVerify: boolean;
  readonly interval: number;
  readonly executeInterval: number;
  readonly deregisterCriticalServiceAfter: number;
  readonly lastExecuteTimestamp: number;
  /** The first failure of the streak that goes on. */
  readonly lastFailedTimestamp: number;
  readonly status: CheckStatus;
  readonly stale: boolean;
  readonly message: string;
}

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
