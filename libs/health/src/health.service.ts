import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import {
  type Check,
  CheckRunner,
  type CheckResult,
  type ComponentState,
  type HealthReport,
  summarise,
} from '@vitals/core/health';
import { Clock } from '@vitals/core/time';
import { AvailabilityState, BOOTSTRAP_TARGET } from './availability-state.js';
import { type CheckSelector, HealthRegistry, type RegisteredComponent } from './discovery/health.registry.js';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from './health.module-options.js';

/** Runs the checks of an app and sums their results up. */
@Injectable()
export class HealthService {
  private readonly logger = new Logger('Health');
  private readonly runner: CheckRunner;
  private readonly failing = new Set<string>();

  constructor(
    private readonly registry: HealthRegistry,
    private readonly availability: AvailabilityState,
    private readonly clock: Clock,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) private readonly options: HealthModuleOptions = {},
  ) {
    this.runner = new CheckRunner(clock);
  }

  /**
   * The health of the checks that are meant. Readiness, and the whole, are `DOWN` while the app refuses work
   * (`AvailabilityState`), whatever its checks say. Never rejects.
   */
  async report(selector: CheckSelector = {}): Promise<HealthReport> {
    const notReady = this.availability.notReady();
    if (notReady.includes(BOOTSTRAP_TARGET)) return this.reportBeforeBootstrap(selector);
    const report = summarise(await this.runAll(this.registry.select(selector)));
    const asksReadiness =
      selector.kind === 'readiness' || Object.values(selector).every((part) => part === undefined);
    if (!asksReadiness || notReady.length === 0) return report;
    const refusals = notReady.map((target) => this.refusal(target));
    return summarise([...report.checks, ...refusals]);
  }

  /** The health of the checks with this declared name or identity; `undefined` if there is none. */
  async reportNamed(name: string): Promise<HealthReport | undefined> {
    const checks = this.registry.named(name);
    return checks.length > 0 ? summarise(await this.runAll(checks)) : undefined;
  }

  /** Pings all components, in parallel. */
  components(): Promise<ComponentState[]> {
    return Promise.all(this.registry.components().map((component) => this.ping(component)));
  }

  /** Pings one component; `undefined` if there is none of this identity. */
  async component(type: string, name: string): Promise<ComponentState | undefined> {
    const found = this.registry
      .components()
      .find((component) => component.type === type && component.name === name);
    return found && this.ping(found);
  }

  private async ping({ name, type, ping }: RegisteredComponent): Promise<ComponentState> {
    const unknown = { message: undefined, durationMs: undefined, checkedAtMs: undefined };
    if (!ping) return { name, type, status: 'UNDEFINED', critical: true, ...unknown };
    const [result] = (await this.runAll([ping])) as [CheckResult];
    return {
      name,
      type,
      status: result.state === 'DOWN' ? 'NOT_OK' : 'OK',
      critical: ping.critical,
      message: result.state === 'DOWN' ? (result.reason ?? `${name} is down`) : undefined,
      durationMs: result.durationMs,
      checkedAtMs: result.checkedAtMs,
    };
  }

  private async runAll(checks: readonly Check[]): Promise<CheckResult[]> {
    const results = await this.runner.runAll(checks);
    for (const result of results) this.log(result);
    return results;
  }

  /** Says once when a check starts to fail, with all that is known, and once when it recovers. */
  private log({ id, state, reason, error }: CheckResult): void {
    if (state === 'DOWN' && !this.failing.has(id)) {
      this.failing.add(id);
      this.logger.error(
        `${id} is DOWN: ${reason ?? 'no reason given'}`,
        error instanceof Error ? error.stack : undefined,
      );
    } else if (state !== 'DOWN' && this.failing.delete(id)) {
      this.logger.log(`${id} is ${state} again`);
    }
  }

  private reportBeforeBootstrap({ kind }: CheckSelector): HealthReport {
    const empty = this.options.emptyResponse ?? {};
    if (kind === 'liveness') return { state: 'UP', checks: [] };
    const state = kind === 'readiness' ? empty.readiness : kind === 'startup' ? empty.startup : undefined;
    return { state: state ?? 'DOWN', checks: [] };
  }

  private refusal(target: string): CheckResult {
    return {
      id: `AvailabilityState#${target}`,
      name: target,
      state: 'DOWN',
      attributes: {},
      reason: 'the app does not take work now',
      kinds: ['readiness'],
      critical: true,
      durationMs: 0,
      checkedAtMs: this.clock.wallMs(),
      error: undefined,
    };
  }
}
