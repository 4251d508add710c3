import { Injectable } from '@nestjs/common';
import { type CheckDefinition, isStale, nextRunMs } from '@vitals/core/check';
import { durationText, formatTimestamp, tryParseDuration, RunningClock } from '@vitals/core/time';
import type { ServiceInstance } from '../../services/service.instance.js';
import type { Check } from '../check.js';
import { CheckDirectory } from '../check.directory.js';
import { type CheckDto, DEFAULTS } from './check.dto.js';
import type { CheckBody, DefinedBody, ListChecksQuery } from './check.schema.js';
import { windowBody, windowOf } from './window.dto.js';
import { targetBody, targetOf } from './target.dto.js';
import { readLabels } from '../../http/validation.js';

/**
 * What a body that was read defines under an id; what it leaves out has its default. Checks that are defined remove
 * nothing.
 * @param known what the id stands for so far: it stays paused, or not, if the body does not say; a header that says
 *   `<redacted>` goes on saying what it said, as long as the scheme, host and port of the URL stay the same
 * @throws VitalsError `request-invalid` for a header that is to go on saying what nobody knows
 */
export function definitionOf(body: CheckDto, id: string, known?: CheckDefinition): CheckDefinition {
  const { name, parent, maintenance = [], labels = {}, interval, timeout } = body;
  const intervalMs = tryParseDuration(interval) ?? DEFAULTS.intervalMs;
  return {
    id,
    ...(name !== undefined && { name }),
    target: targetOf(body, known?.target),
    intervalMs,
    timeoutMs: tryParseDuration(timeout) ?? Math.min(DEFAULTS.timeoutMs, intervalMs),
    successBeforePassing: body.success_before_passing ?? DEFAULTS.successBeforePassing,
    failuresBeforeWarning: body.failures_before_warning ?? DEFAULTS.failuresBeforeWarning,
    failuresBeforeCritical: body.failures_before_critical ?? DEFAULTS.failuresBeforeCritical,
    deregisterAfterMs: 0,
    ...(parent !== undefined && { parent }),
    maintenance: maintenance.map(windowOf),
    labels,
    paused: body.paused ?? known?.paused ?? false,
  };
}

/** What is defined of a check, as it is sent to define it; what headers say is not told. */
export function definedBody(definition: CheckDefinition): DefinedBody {
  const { id, name, target, intervalMs, timeoutMs, parent, maintenance, labels, paused } = definition;
  return {
    id,
    ...(name !== undefined && { name }),
    type: target.kind,
    ...targetBody(target),
    interval: durationText(intervalMs),
    ...(target.kind !== 'ttl' && { timeout: durationText(timeoutMs) }),
    success_before_passing: Math.max(1, definition.successBeforePassing),
    failures_before_warning: Math.max(1, definition.failuresBeforeWarning),
    failures_before_critical: Math.max(1, definition.failuresBeforeCritical),
    ...(parent !== undefined && { parent }),
    maintenance: maintenance.map(windowBody),
    labels,
    paused,
  };
}

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
      ...definedBody(definition),
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

  /** Whether a check is one of those that are asked for. */
  matcher({ status, type, label, stale }: ListChecksQuery): (check: Check) => boolean {
    const labels = readLabels(label);
    return (check) =>
      (status === undefined || check.status === status) &&
      (type === undefined || check.definition.target.kind === type) &&
      labels.every(([key, value]) => check.definition.labels[key] === value) &&
      (stale === undefined || this.isStale(check) === (stale === 'true'));
  }

  private nextRunInMs({ definition, state }: Check): number | null {
    if (definition.paused) return null;
    const nowMs = this.running.nowMs();
    return Math.max(0, Math.ceil(nextRunMs(state, definition, nowMs) - nowMs));
  }
}

function serviceBody(service: ServiceInstance): CheckBody['service'] {
  const { serviceId: service_id, tag, protocol, address, port, name } = service;
  return { service_id, protocol, address, port, tag, name };
}

function timeOrNull(epochMs: number | undefined): string | null {
  return epochMs === undefined ? null : formatTimestamp(epochMs);
}
