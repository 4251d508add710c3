import type { ProbeOutcome, ProbeResult } from '@vitals/core/check';
import type { Check } from '../../../../apps/control-plane/src/checks/check.js';
import type { Random } from '../../engine/random.js';
import type { Oracle } from '../oracle/oracle.js';
import type { ControlPlane } from '../plane/control-plane.js';
import type { Process } from '../plane/process.js';
import type { Driver } from '../time/driver.js';
import type { SimulatedService, Trouble } from './simulated-service.js';

/** The slowest answer of a service that is well, and of one that is not there, in milliseconds. */
const SLOWEST_MS = 150;
const REFUSED_MS = 10;
/** A client that is not answered asks again after so long, in milliseconds. */
const PATIENCE_MS = 30_000;
const AGAIN_MS = 5_000;

/** The services, and all that they say and are asked. */
export class World {
  /** Nobody can look at anything. */
  blind = false;
  /** When that was over; long ago if it never was. */
  sightedMs = Number.NEGATIVE_INFINITY;
  looks = 0;
  messages = 0;
  oracle!: Oracle;
  plane!: ControlPlane;

  constructor(
    private readonly driver: Driver,
    private readonly random: Random,
    private readonly services: ReadonlyMap<string, SimulatedService>,
  ) {}

  /** Everybody arrives, and those that are waited for begin to send. */
  start(): void {
    for (const service of this.services.values()) {
      this.in(this.random.integer(0, 20_000), () => this.arrive(service));
      if (service.plan.isTtl)
        this.in(this.random.integer(1, service.plan.cadenceMs), () => this.send(service));
      if (service.plan.node) this.in(this.random.integer(60_000, 120_000), () => this.stay(service));
    }
  }

  /** What is the matter with a service from now on; the oracle sees it as it was before. */
  change(service: SimulatedService, apply: () => void): void {
    const { truth } = service;
    this.oracle.changes(service, apply);
    if (service.truth === truth) return;
    const { nowMs } = this.driver.engine;
    service.sinceMs = nowMs;
    if (truth === 'failing') service.failedUntilMs = nowMs;
  }

  trouble(service: SimulatedService, trouble: Trouble): void {
    this.change(service, () => (service.trouble = trouble));
  }

  /** What a look at a service finds: as it was when the look began. */
  look(process: Process, { id }: Check, onStart: () => void): Promise<ProbeResult> {
    onStart();
    this.looks++;
    const service = this.services.get(id) as SimulatedService;
    const startedMs = this.driver.engine.nowMs;
    const { ranMs } = this.plane;
    const outcome = this.outcomeOf(service);
    const durationMs = this.durationOf(service, outcome);
    return new Promise((resolve) =>
      process.clock.after(durationMs, () => {
        this.oracle.took(id, outcome, startedMs, ranMs);
        resolve({ outcome, message: outcome, durationMs });
      }),
    );
  }

  /** A client registers, or registers anew, until it is answered. */
  arrive(service: SimulatedService): void {
    const { node, definition } = service.plan;
    service.gone = false;
    this.ask(service, async (process) => {
      if (node) await process.registry.register(node, { onlyNew: false });
      else if (!(await process.checks.define(definition.id, () => definition, 'api')).created) return;
      this.oracle.registered(service);
    });
  }

  /** A client deregisters, until it is answered. */
  leave(service: SimulatedService): void {
    const { node } = service.plan;
    if (!node) return;
    service.gone = true;
    this.ask(service, (process) => process.registry.deregister(node));
  }

  private ask(service: SimulatedService, request: (process: Process) => Promise<void>): void {
    const number = ++service.request;
    const again = (afterMs: number): void => this.in(afterMs, () => service.request === number && attempt());
    const attempt = (): void => {
      const { process, isAwake } = this.plane;
      if (!process || !isAwake) return again(AGAIN_MS);
      this.oracle.asked(service);
      let answered = false;
      const end = (retry: boolean): void => {
        answered = true;
        if (retry) again(AGAIN_MS);
      };
      request(process).then(
        () => end(false),
        () => end(true),
      );
      this.in(PATIENCE_MS, () => !answered && service.request === number && attempt());
    };
    attempt();
  }

  /** Looks now and then whether it is registered; who is down does not. */
  private stay(service: SimulatedService): void {
    this.in(this.random.integer(60_000, 120_000), () => this.stay(service));
    const { process, isAwake } = this.plane;
    if (service.gone || service.truth === 'failing' || !isAwake || !process)
      return this.driver.skipCallbacks();
    if (process.directory.find(service.plan.id)) this.driver.skipCallbacks();
    else this.arrive(service);
  }

  private send(service: SimulatedService): void {
    this.in(service.plan.cadenceMs, () => this.send(service));
    const isHeard =
      !service.inMassFailure && (service.truth === 'up' || service.trouble === 'failing by message');
    const { process, stillUntilMs } = this.plane;
    const outcome = service.truth === 'up' ? 'success' : 'failure';
    if (!process || !isHeard) return this.driver.skipCallbacks();
    const { nowMs } = this.driver.engine;
    // what comes while it stands still waits in the socket
    if (nowMs >= stillUntilMs) this.deliver(process, service, outcome, nowMs);
    else this.driver.engine.at(stillUntilMs, () => this.deliver(process, service, outcome, nowMs));
  }

  private deliver(process: Process, { plan }: SimulatedService, outcome: ProbeOutcome, sentMs: number): void {
    if (process !== this.plane.process || !this.plane.isAwake || !process.directory.find(plan.id)) return;
    this.messages++;
    this.oracle.took(plan.id, outcome, this.driver.engine.nowMs, this.plane.ranMs, sentMs);
    // a check that is removed in the same moment takes none
    process.checks.report(plan.id, { outcome, message: outcome }).catch(() => undefined);
  }

  private outcomeOf({ truth }: SimulatedService): ProbeOutcome {
    if (this.blind) return 'unjudged';
    if (truth === 'denied') return 'denied';
    return truth === 'up' ? 'success' : 'failure';
  }

  private durationOf({ trouble, plan }: SimulatedService, outcome: ProbeOutcome): number {
    if (outcome === 'success') return this.random.integer(1, SLOWEST_MS);
    if (outcome === 'failure')
      return trouble === 'slow' ? plan.definition.timeoutMs : this.random.integer(1, REFUSED_MS);
    return 0;
  }

  private in(ms: number, run: () => void): void {
    this.driver.engine.at(this.driver.engine.nowMs + ms, run);
  }
}
