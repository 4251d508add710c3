import { setTimeout as wait } from 'node:timers/promises';
import { Acknowledged } from './acknowledged.js';
import { Caller } from './caller.js';
import { CheckedServices } from './checked.services.js';
import { ReportingServices } from './reporting.services.js';
import { SimulatedProvider } from './simulated.provider.js';
import { logsOf, TransitionWatch } from './transition.watch.js';
import { until } from './until.js';
import { judge, type Silence, type Verdict } from './verdict.js';

/** Who lives behind a load balancer. */
export interface LoadOptions {
  /** How the names of this load begin; another one for each load of one cluster. */
  readonly prefix: string;
  /** The port of the load balancer. */
  readonly port: number;
  readonly providers: number;
  readonly checkedServices: number;
  readonly reportingServices: number;
  readonly adminToken: string;
  readonly registrationToken: string;
  /** The least silence after which a provider may be marked, in milliseconds. */
  readonly deadlineMs: number;
  /** Until when a silence is found in any case, in milliseconds. */
  readonly boundMs: number;
  readonly log: (line: string) => void;
}

/** What a load found. */
export interface Result extends Verdict {
  /** What was acknowledged and is not known to each instance. */
  readonly acknowledgedLost: number;
  readonly acknowledged: number;
  /** Between two acknowledged beats of one living provider, in milliseconds. */
  readonly longestSilenceMs: number;
  /** From a death to its transition, in milliseconds. */
  readonly slowestDetectionMs: number;
  readonly transitions: number;
}

const CHECK_INTERVAL_MS = 2_000;
const REPORT_WITHIN_MS = 20_000;

/** Providers and services, some of which die, and what becomes of them. */
export class Load {
  private readonly caller: Caller;
  private readonly providers: SimulatedProvider[] = [];
  private readonly silences: Silence[] = [];
  private readonly violations: string[] = [];
  private readonly watch: TransitionWatch;
  private readonly acknowledged: Acknowledged;
  private readonly reporting: ReportingServices;
  private checked: CheckedServices | undefined;
  private probedFromMs = 0;

  constructor(private readonly options: LoadOptions) {
    const { port, adminToken, prefix } = options;
    this.caller = new Caller(port);
    this.watch = new TransitionWatch(this.caller, adminToken);
    this.acknowledged = new Acknowledged(prefix, this.caller, adminToken);
    this.reporting = new ReportingServices(this.caller, adminToken, REPORT_WITHIN_MS);
  }

  /** Resolves once everybody is registered, and was heard or probed. */
  async start(): Promise<void> {
    const { options, caller } = this;
    const { prefix, adminToken, log } = options;
    await this.watch.start();
    this.checked = await CheckedServices.listen(caller, adminToken, CHECK_INTERVAL_MS);
    await this.checked.register(`${prefix}-checked`, options.checkedServices);
    log(`${options.checkedServices} services are registered`);
    await this.reporting.start(`${prefix}-reporting`, options.reportingServices);
    const tokens = { registration: options.registrationToken, admin: adminToken };
    const onViolation = (what: string): unknown => this.violations.push(what);
    for (let at = 0; at < options.providers; at++)
      this.providers.push(new SimulatedProvider(`${prefix}-${at}`, caller, tokens, onViolation));
    await Promise.all(this.providers.map((provider) => provider.start()));
    log(`${options.providers} providers beat`);
    const { probes } = this.checked;
    await until(() => [...probes.values()].every(({ length }) => length > 0), 60_000, 100, 'a probe of each');
    this.probedFromMs = performance.now();
    this.acknowledged.start();
  }

  /** Lets so many die that live. */
  kill(count: number): void {
    const living = this.providers.filter(({ life }) => life.diedMs === undefined);
    for (const { life } of living.slice(0, count).map((provider) => (provider.die(), provider)))
      this.silences.push({
        provider: life.name,
        ackedMs: Math.max(life.ackedMs, life.registeredMs ?? 0),
        fromMs: performance.now(),
        untilMs: Number.POSITIVE_INFINITY,
      });
  }

  /** Waits until every death was found, or could not be found any more after what happened last at `sinceMs`. */
  async settle(sinceMs: number): Promise<void> {
    const { boundMs } = this.options;
    const deadlineMs = sinceMs + boundMs;
    while (performance.now() < deadlineMs) {
      const isFound = this.silences.every(({ provider }) => this.foundMs(provider) !== undefined);
      if (isFound) break;
      await wait(250);
    }
    // a false mark would come within the time of a deadline
    await wait(this.options.deadlineMs);
  }

  /**
   * Ends the load and judges. @param ports of the instances, each of which is asked
   * @param longestGapMs the longest that a check may be left out for this time
   */
  async finish(ports: readonly number[], longestGapMs: number): Promise<Result> {
    const probedToMs = performance.now();
    await this.acknowledged.stop();
    this.reporting.stop();
    await Promise.all(this.providers.map((provider) => provider.stop()));
    await this.watch.stop();
    const { adminToken, deadlineMs } = this.options;
    const callers = ports.map((port) => new Caller(port, 10_000));
    const logs = await logsOf(callers, adminToken);
    const missing: string[] = [];
    for (const caller of callers) missing.push(...(await this.acknowledged.missingAt(caller)));
    const { checked } = this;
    const verdict = judge({
      logs,
      seen: this.watch.seen,
      silences: this.silences,
      registeredMs: new Map(this.providers.map(({ life }) => [life.name, life.registeredMs ?? 0])),
      providers: new Set(this.providers.map(({ life }) => life.name)),
      services: new Set([...(checked?.subjects ?? []), ...this.reporting.subjects]),
      deadlineMs,
      probes: checked?.probes ?? new Map(),
      intervalMs: CHECK_INTERVAL_MS,
      probedMs: { from: this.probedFromMs, to: probedToMs, longest: longestGapMs },
    });
    await this.removeAll();
    await checked?.close();
    for (const caller of [...callers, this.caller]) caller.close();
    const told = [...this.caller.answers].map(([kind, count]) => `${kind}: ${count}`);
    this.options.log(`answers: ${told.sort((one, other) => (one < other ? -1 : 1)).join(', ')}`);
    const lost = [...this.violations, ...missing];
    const detections = this.silences.map(
      ({ provider, ackedMs }) => (this.foundMs(provider) ?? ackedMs) - ackedMs,
    );
    return {
      ...verdict,
      findings: [...verdict.findings, ...lost],
      acknowledged: this.acknowledged.length,
      acknowledgedLost: lost.length,
      longestSilenceMs: Math.round(Math.max(0, ...this.providers.map(({ life }) => life.longestSilenceMs))),
      slowestDetectionMs: Math.round(Math.max(0, ...detections)),
      transitions: this.watch.seen.length,
    };
  }

  private foundMs(name: string): number | undefined {
    return this.watch.seen.findLast(({ subject, to }) => subject === name && to === 'Unavailable')?.seenMs;
  }

  /** The next load finds nobody of this one, who would all die at once. */
  private async removeAll(): Promise<void> {
    const token = this.options.adminToken;
    for (const { life } of this.providers)
      await this.caller.ask({ method: 'DELETE', path: `/providers/${life.name}`, token });
    for (const subject of [...(this.checked?.subjects ?? []), ...this.reporting.subjects]) {
      const [, serviceId = '', port = ''] = /^(.*):http:127\.0\.0\.1:(\d+)$/.exec(subject) ?? [];
      const path = `/services?serviceId=${serviceId}&protocol=http&address=127.0.0.1&port=${port}`;
      await this.caller.ask({ method: 'DELETE', path, token });
    }
  }
}
