import { Injectable } from '@nestjs/common';
import { type CheckStatus, type MaintenanceWindow, nextRunMs } from '@vitals/core/check';
import { formatTimestamp, RunningClock } from '@vitals/core/time';
import type { ServiceInstance } from '../../../services/service.instance.js';
import type { InstancePlace } from '../../../services/service.rows.js';
import type { Check } from '../../check.js';
import { CheckDirectory } from '../../check.directory.js';
import type { CheckSource } from '../../check.rows.js';
import type { CheckDto, CheckType } from '../body/check.dto.js';
import { durationText } from '../body/duration.rule.js';
import type { WindowDto } from '../body/window.dto.js';
import { isStale } from './staleness.js';
import { type TargetBody, targetBody } from './target.view.js';

/** A check as it is defined: what can be sent back to define it again. */
export type DefinedBody = Required<
  Pick<
    CheckDto,
    | 'id'
    | 'type'
    | 'interval'
    | 'success_before_passing'
    | 'failures_before_warning'
    | 'failures_before_critical'
    | 'labels'
    | 'paused'
  >
> &
  Pick<CheckDto, 'name' | 'timeout' | 'parent'> &
  TargetBody & { readonly maintenance: readonly WindowDto[] };

/** How a check is. Field names are those of the wire. */
export interface CheckStateBody {
  readonly source: CheckSource;
  readonly service?: ServiceBody;
  /** Of the check of a service: it is removed after failing for so long. */
  readonly deregister_after?: string;
  readonly status: CheckStatus;
  readonly since: string;
  readonly stale: boolean;
  readonly last_run_at: string | null;
  readonly failing_since: string | null;
  readonly failures: number;
  readonly successes: number;
  readonly next_run_in_ms: number | null;
  readonly execute_interval: string;
  readonly message: string | null;
  readonly latency_ms: number | null;
  readonly suppressed_by: string | null;
  readonly created_at: string;
}

/** A check as it is read. */
export type CheckBody = DefinedBody & CheckStateBody;

/** The node that goes when its check stays critical. */
export interface ServiceBody extends Pick<InstancePlace, 'protocol' | 'address' | 'port' | 'tag'> {
  readonly service_id: string;
  readonly name?: string;
}

/** Members that only answers have; whoever sends an answer back need not take them out. */
export const ONLY_ANSWERED: readonly string[] = [
  'source',
  'service',
  'deregister_after',
  'status',
  'since',
  'stale',
  'last_run_at',
  'failing_since',
  'failures',
  'successes',
  'next_run_in_ms',
  'execute_interval',
  'message',
  'latency_ms',
  'suppressed_by',
  'created_at',
] satisfies readonly (keyof CheckStateBody)[];

/** How a check looks at this moment. */
@Injectable()
export class CheckView {
  constructor(
    private readonly directory: CheckDirectory,
    private readonly running: RunningClock,
  ) {}

  /** Whether nothing was heard of it when something should have been. */
  isStale({ definition, state }: Check): boolean {
    return isStale(definition, state, this.running.nowMs());
  }

  body(check: Check): CheckBody {
    const { definition, state, service, results, isTtl } = check;
    const { last } = results;
    const deregisterMs = definition.deregisterAfterMs;
    return {
      ...definedBody(check),
      source: check.source,
      ...(service && { service: serviceBody(service), deregister_after: durationText(deregisterMs) }),
      status: check.status,
      since: formatTimestamp(check.sinceMs),
      stale: this.isStale(check),
      last_run_at: timeOrNull(check.executedAtMs),
      failing_since: timeOrNull(check.failedAtMs),
      failures: state.failures,
      successes: state.successes,
      next_run_in_ms: this.nextRunInMs(check),
      execute_interval: durationText(isTtl ? definition.intervalMs : state.executeIntervalMs),
      message: last?.message ?? null,
      latency_ms: isTtl ? null : (last?.durationMs ?? null),
      suppressed_by: this.directory.criticalAncestor(check)?.id ?? null,
      created_at: formatTimestamp(check.createdAtMs),
    };
  }

  private nextRunInMs({ definition, state }: Check): number | null {
    if (definition.paused) return null;
    const nowMs = this.running.nowMs();
    return Math.max(0, Math.ceil(nextRunMs(state, definition, nowMs) - nowMs));
  }
}

/** What is defined of a check, as it is sent to define it; what headers say is not told. */
export function definedBody({ definition, isTtl }: Pick<Check, 'definition' | 'isTtl'>): DefinedBody {
  const { id, name, target, intervalMs, timeoutMs, parent, maintenance, labels, paused } = definition;
  return {
    id,
    ...(name !== undefined && { name }),
    type: target.kind satisfies CheckType,
    ...targetBody(target),
    interval: durationText(intervalMs),
    ...(!isTtl && { timeout: durationText(timeoutMs) }),
    success_before_passing: Math.max(1, definition.successBeforePassing),
    failures_before_warning: Math.max(1, definition.failuresBeforeWarning),
    failures_before_critical: Math.max(1, definition.failuresBeforeCritical),
    ...(parent !== undefined && { parent }),
    maintenance: maintenance.map(windowBody),
    labels,
    paused,
  };
}

function windowBody(window: MaintenanceWindow): WindowDto {
  if (window.kind === 'once') {
    return { start: formatTimestamp(window.startMs), end: formatTimestamp(window.endMs) };
  }
  const { expression, durationMs, timeZone } = window;
  return { cron: expression, duration: durationText(durationMs), time_zone: timeZone };
}

function serviceBody({ serviceId, tag, protocol, address, port, name }: ServiceInstance): ServiceBody {
  const node = { protocol, address, port, ...(tag !== undefined && { tag }) };
  return { service_id: serviceId, ...node, ...(name !== undefined && { name }) };
}

function timeOrNull(epochMs: number | undefined): string | null {
  return epochMs === undefined ? null : formatTimestamp(epochMs);
}
