import { Injectable } from '@nestjs/common';
import { type Check, HEALTH_KINDS, type HealthKind, type HealthReport } from '@vitals/core/health';
import { AvailabilityState, BOOTSTRAP_TARGET, SHUTDOWN_TARGET } from '../availability-state.js';
import { type CheckSelector, HealthRegistry } from '../discovery/health.registry.js';
import { HealthService } from '../health.service.js';
import { DetailPolicy } from '../http/detail.policy.js';
import type { ServingStatus } from '@vitals/core/grpc';

/**
 * The services that health is served under: `""` is the whole app; any other name is a kind, else a group, else
 * the checks that it means: by identity, declared name, or the name under which they were last reported. The first
 * that there is counts.
 */
@Injectable()
export class ServiceCatalog {
  constructor(
    private readonly health: HealthService,
    private readonly registry: HealthRegistry,
    private readonly availability: AvailabilityState,
    private readonly policy: DetailPolicy,
  ) {}

  /**
   * Every service that may be listed, each once; a check under its declared name, else its identity, which no run
   * changes. gRPC reports names and statuses only: what counts is whether names are shown at all, not who asks.
   */
  names(): string[] {
    if (!this.policy.tellsNames) return ['', ...HEALTH_KINDS];
    const checks = this.registry.select();
    const groups = checks.flatMap((check) => check.groups);
    const own = checks.map(({ id, name }) => name ?? id);
    return [...new Set(['', ...HEALTH_KINDS, ...groups, ...own])];
  }

  /** Whether the service is there, and counts this check. */
  covers(service: string, checkId: string): boolean {
    return this.checksOf(service)?.some(({ id }) => id === checkId) ?? false;
  }

  /** Like `report`, within the time that an answer may take: for a call that somebody waits for. */
  answer(service: string): Promise<HealthReport | undefined> {
    return this.report(service, this.health.answerWithinMs);
  }

  /** The health of a service; `undefined` if there is none of this name. From shutdown on no check is run. */
  async report(service: string, withinMs?: number): Promise<HealthReport | undefined> {
    const selector = this.selectorOf(service);
    const notReady = this.availability.notReady();
    if (notReady.includes(SHUTDOWN_TARGET))
      return this.checksOf(service) && { state: 'DOWN', checks: [], notReady };
    const report = await (selector
      ? this.health.report(selector, withinMs)
      : this.health.reportNamed(service, withinMs));
    return report && this.asItIsNow(service, report);
  }

  /** A report with what the app refuses by now: from shutdown on, every service is `DOWN`. */
  asItIsNow(service: string, report: HealthReport): HealthReport {
    const notReady = this.availability.notReady();
    const asksReadiness = service === '' || service === 'readiness';
    // the empty answer holds while nothing but bootstrap is missing
    const refused = asksReadiness && notReady.some((target) => target !== BOOTSTRAP_TARGET);
    return refused || notReady.includes(SHUTDOWN_TARGET) ? { ...report, state: 'DOWN', notReady } : report;
  }

  private checksOf(service: string): readonly Check[] | undefined {
    const selector = this.selectorOf(service);
    if (selector) return this.registry.select(selector);
    const named = this.registry.named(service);
    return named.length > 0 ? named : undefined;
  }

  /** `undefined` if the name can only be that of a check. */
  private selectorOf(service: string): CheckSelector | undefined {
    if (service === '') return {};
    const kind = HEALTH_KINDS.find((known): known is HealthKind => known === service);
    if (kind) return { kind };
    return this.registry.hasGroup(service) ? { group: service } : undefined;
  }
}

/** What gRPC says of a report: a degraded service serves. */
export function servingStatus(report: HealthReport | undefined): ServingStatus {
  if (!report) return 'SERVICE_UNKNOWN';
  return report.state === 'DOWN' ? 'NOT_SERVING' : 'SERVING';
}
