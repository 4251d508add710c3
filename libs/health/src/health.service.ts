import { Inject, Injectable, Optional } from '@nestjs/common';
import {
  type Check,
  type CheckResult,
  type ComponentError,
  type ComponentState,
  failureReason,
  type HealthReport,
  summarise,
  targetId,
} from '@vitals/core/health';
import { Clock } from '@vitals/core/time';
import { AvailabilityState, BOOTSTRAP_TARGET } from './availability-state.js';
import { type CheckSelector, HealthRegistry, type RegisteredComponent } from './discovery/health.registry.js';
import { answerWithinMs, HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from './health.module-options.js';
import { CheckMonitor } from './monitoring/check.monitor.js';

/** The checks that a name means, with their results if they were run to find them. */
export interface NamedChecks {
  readonly checks: readonly Check[];
  readonly results?: ReadonlyMap<Check, CheckResult>;
}

/** Asks the checks of an app and sums their results up. */
@Injectable()
export class HealthService {
  /** The option `answerWithin`: how long an answer to somebody who waits for it may take, in milliseconds. */
  readonly answerWithinMs: number | undefined;
  private readonly lastErrors = new WeakMap<RegisteredComponent, ComponentError>();

  constructor(
    private readonly registry: HealthRegistry,
    private readonly monitor: CheckMonitor,
    private readonly availability: AvailabilityState,
    private readonly clock: Clock,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) private readonly options: HealthModuleOptions = {},
  ) {
    this.answerWithinMs = answerWithinMs(options);
  }

  /**
   * The health of the checks that are meant; at once if all of it is known, and never a rejection. Readiness,
   * and the whole, are `DOWN` while the app refuses work (`AvailabilityState`), whatever its checks say.
   * @param withinMs how long it may take: a check that is still running then is reported with its last result and its
   *   age, and `DOWN` if there is none or it is too old; default as long as the timeouts of the checks
   */
  report(selector: CheckSelector = {}, withinMs?: number): HealthReport | Promise<HealthReport> {
    return this.reportOf(this.registry.select(selector), selector, withinMs);
  }

  /** The health of just these checks, as an answer to what `selector` asks for; without it, of nothing else. */
  reportOf(
    checks: readonly Check[],
    selector?: CheckSelector,
    withinMs?: number,
  ): HealthReport | Promise<HealthReport> {
    if (selector && this.availability.notReady().includes(BOOTSTRAP_TARGET))
      return this.reportBeforeBootstrap(selector);
    const results = this.monitor.runner.results(checks, withinMs);
    return results instanceof Promise
      ? results.then((all) => this.asItIsNow(summarise(all), selector))
      : this.asItIsNow(summarise(results), selector);
  }

  /** A report with what the app refuses by now: it may have begun to while the report was formed. */
  asItIsNow(report: HealthReport, selector?: CheckSelector): HealthReport {
    if (!selector || !asksReadiness(selector)) return report;
    const notReady = this.availability.notReady();
    const more = notReady.filter((target) => !report.notReady.includes(target));
    // until bootstrap is complete, what is reported is decided by the option `emptyResponse`
    if (more.length === 0 || notReady.includes(BOOTSTRAP_TARGET)) return report;
    return summarise(
      [...report.checks, ...more.map((target) => this.refusal(target))],
      [...report.notReady, ...more],
    );
  }

  /** The report of one check that cannot be run, and why. */
  failed(id: string, name: string, reason: string): HealthReport {
    return summarise([this.notRun(id, name, reason)]);
  }

  /** The health of the checks that this name means (`named`); `undefined` if there is none. */
  async reportNamed(name: string, withinMs?: number): Promise<HealthReport | undefined> {
    const { checks, results } = await this.named(name, {}, withinMs);
    if (checks.length === 0) return undefined;
    return results
      ? summarise(checks.map((check) => results.get(check) as CheckResult))
      : this.reportOf(checks, undefined, withinMs);
  }

  /**
   * The checks among those of `selector` that this name means: by identity, declared name, or the name under which they
   * were last reported. If that is none, checks that never ran are run first, for one of them may report this name: then
   * their results are given as well, so that finding and answering take no longer than `withinMs` together.
   */
  named(name: string, selector: CheckSelector = {}, withinMs?: number): NamedChecks | Promise<NamedChecks> {
    const checks = this.registry.named(name, selector);
    if (checks.length > 0 || this.availability.notReady().includes(BOOTSTRAP_TARGET)) return { checks };
    const unknown = this.registry
      .select(selector)
      .filter((check) => this.registry.reportedName(check) === undefined);
    if (unknown.length === 0) return { checks };
    return Promise.resolve(this.monitor.runner.results(unknown, withinMs)).then((all) => {
      const results = new Map(unknown.map((check, at) => [check, all[at] as CheckResult]));
      return { checks: this.registry.named(name, selector).filter((check) => results.has(check)), results };
    });
  }

  /** Pings all components, in parallel; `withinMs` as of `report`. */
  components(withinMs?: number): Promise<ComponentState[]> {
    return Promise.all(this.registry.components().map((component) => this.ping(component, withinMs)));
  }

  /** Pings one component; `undefined` if there is none of this identity. */
  async component(type: string, name: string, withinMs?: number): Promise<ComponentState | undefined> {
    const found = this.registry
      .components()
      .find((component) => component.type === type && component.name === name);
    return found && this.ping(found, withinMs);
  }

  private async ping(component: RegisteredComponent, withinMs?: number): Promise<ComponentState> {
    const { name, type, ping } = component;
    if (!ping) return this.unpinged(component);
    const [result] = (await this.monitor.runner.results([ping], withinMs)) as [CheckResult];
    const failed = result.state === 'DOWN';
    const message = failed ? (result.reason ?? `${name} is down`) : undefined;
    if (message !== undefined) this.lastErrors.set(component, { message, atMs: result.checkedAtMs });
    return {
      name,
      type,
      status: failed ? 'NOT_OK' : 'OK',
      critical: component.critical ?? ping.critical,
      message,
      durationMs: result.durationMs,
      checkedAtMs: result.checkedAtMs,
      ageMs: result.ageMs,
      lastError: this.lastErrors.get(component),
    };
  }

  private unpinged({ name, type, critical = true, error }: RegisteredComponent): ComponentState {
    const never = { durationMs: undefined, checkedAtMs: undefined, ageMs: undefined };
    const known = { name, type, critical, ...never };
    if (error === undefined)
      return { ...known, status: 'UNDEFINED', message: undefined, lastError: undefined };
    const message = failureReason(error);
    return { ...known, status: 'NOT_OK', message, lastError: { message, atMs: this.clock.wallMs() } };
  }

  private reportBeforeBootstrap(selector: CheckSelector): HealthReport {
    const { kind } = selector;
    if (kind === 'liveness') return { state: 'UP', checks: [], notReady: [] };
    const missing = asksReadiness(selector) ? this.availability.notReady() : [BOOTSTRAP_TARGET];
    const { readiness, startup } = this.options.emptyResponse ?? {};
    // what else keeps the app from work is no matter of bootstrap
    const ofReadiness = missing.length === 1 ? readiness : 'DOWN';
    const state = kind === 'readiness' ? ofReadiness : kind === 'startup' ? startup : undefined;
    return state === 'UP'
      ? { state, checks: [], notReady: [] }
      : { state: 'DOWN', checks: [], notReady: missing };
  }

  private refusal(target: string): CheckResult {
    return this.notRun(targetId(target), target, 'the app does not take work now', ['readiness']);
  }

  private notRun(id: string, name: string, reason: string, kinds: CheckResult['kinds'] = []): CheckResult {
    return {
      id,
      name,
      state: 'DOWN',
      attributes: {},
      reason,
      kinds,
      critical: true,
      durationMs: 0,
      checkedAtMs: this.clock.wallMs(),
      ageMs: 0,
      error: undefined,
    };
  }
}

/** Readiness is asked for by its kind, and by asking for the whole. */
function asksReadiness({ kind, group, tags = [] }: CheckSelector): boolean {
  return kind === 'readiness' || (kind === undefined && group === undefined && tags.length === 0);
}
