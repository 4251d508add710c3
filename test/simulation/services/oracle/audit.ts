import type { Check } from '../../../../apps/control-plane/src/checks/check.js';
import { isOpen } from '../world/population.js';
import type { SimulatedService } from '../world/simulated-service.js';
import { ancestorsOf } from './ancestors.js';
import { boundsOf } from './bounds.js';
import { noCounts } from './counts.js';
import type { Violation } from './finding.js';
import type { Seen } from './oracle.js';
import type { Witness } from './witness.js';

/** Around the edges of windows the wall clock and the watch may differ, in milliseconds. */
const EDGE_MS = 3_000;
/** After a mass failure everybody is seen to be well again after this, and the freeze is over; in milliseconds. */
const THAW_MS = 300_000;
/** What was decided is durable within this, if the store is there; in milliseconds. */
const DURABLE_MS = 2_500;

/** Asks of every fault whether it has its transition, and of every state whether there is a reason for it. */
export class Audit {
  readonly counts = noCounts();
  private readonly reported = new Set<string>();

  constructor(
    private readonly seen: Seen,
    private readonly witnesses: ReadonlyMap<string, Witness>,
    private readonly find: (violation: Violation, id: string, detail: string) => void,
  ) {}

  /** Everybody, if the control plane is there. */
  all(): void {
    const { plane, services } = this.seen;
    const { process } = plane;
    if (!plane.isAwake || !process) return;
    for (const service of services) {
      const check = process.directory.find(service.plan.id);
      if (check && !check.leaving) this.one(service, check);
    }
    if (this.isDurable(plane.disturbedMs) && process.scheduler.size !== process.directory.size) {
      this.once(
        'memory and store differ',
        'tasks',
        `${process.scheduler.size} for ${process.directory.size}`,
      );
    }
  }

  /** What is known of a fault; to be called if it ends now: it has to be known then, or was too short. */
  known(service: SimulatedService): () => void {
    const check = this.seen.plane.isAwake
      ? this.seen.plane.process?.directory.find(service.plan.id)
      : undefined;
    const stableMs = this.stableForMs(service);
    return () => {
      const isLong = check && stableMs > boundsOf(service.plan).failureMs;
      if (isLong) this.counts.longFaults++;
      else this.counts.shortFaults++;
      const isMissed =
        isLong && !check.leaving && check.status !== 'Maintenance' && check.status !== 'Critical';
      if (isMissed)
        this.once('fault without a transition', service.plan.id, `${check.status} after ${stableMs} ms`);
    };
  }

  /** A service was found to be Critical. */
  detected(service: SimulatedService): void {
    if (service.truth !== 'failing') return;
    const tookMs = this.seen.nowMs() - this.stableSinceMs(service);
    if (tookMs < 0) return;
    this.counts.detectionsMs.push(tookMs);
    const share = tookMs / boundsOf(service.plan).failureMs;
    this.counts.worstShareOfBound = Math.max(this.counts.worstShareOfBound, share);
  }

  private one(service: SimulatedService, check: Check): void {
    this.counts.audits++;
    const { id } = service.plan;
    const isOpenNow = isOpen(service.windows, this.seen.wallMs());
    const stableMs = this.stableForMs(service);
    if (stableMs > EDGE_MS && this.isFarFromEdges(service)) {
      const inMaintenance = check.state.maintenanceSinceMs !== undefined;
      if (inMaintenance !== isOpenNow) {
        this.once('fault without a transition', id, `its window is ${isOpenNow ? 'open' : 'closed'}`);
      }
    }
    if (!isOpenNow && this.isFarFromEdges(service)) this.state(service, check, stableMs);
    this.removal(service, check);
    this.kept(service, check);
  }

  private state(service: SimulatedService, check: Check, stableMs: number): void {
    const { verdict } = check.state;
    const { failureMs, recoveryMs, deniedMs } = boundsOf(service.plan);
    const said = `${service.trouble} for ${stableMs} ms, and ${verdict}`;
    const { id } = service.plan;
    if (service.truth === 'failing' && stableMs > failureMs && verdict !== 'Critical') {
      this.once('fault without a transition', id, said);
    }
    if (service.truth === 'up' && stableMs > recoveryMs && verdict !== 'Passing') {
      this.once('recovery without a transition', id, said);
    }
    if (service.truth === 'denied' && stableMs > deniedMs && verdict !== 'Warning') {
      this.once('fault without a transition', id, said);
    }
    this.told(service, check, stableMs);
  }

  /** What stays Critical is told of once nothing that it depends on is. */
  private told({ plan, truth }: SimulatedService, check: Check, stableMs: number): void {
    const witness = this.witnesses.get(plan.id) as Witness;
    if (witness.suppressed !== 'parent' || truth !== 'failing') return;
    const above = ancestorsOf(check, this.seen.plane.process);
    const decidedMs = above.map(({ id }) => (this.witnesses.get(id) as Witness).decidedMs);
    const sinceMs = Math.max(...decidedMs, witness.decidedMs);
    const isFree = above.every(({ state }) => state.verdict !== 'Critical');
    const { recoveryMs } = boundsOf(plan);
    if (isFree && Math.min(stableMs, this.seen.nowMs() - sinceMs) > recoveryMs) {
      this.once('never told', plan.id, `what it depends on is well since ${sinceMs}`);
    }
  }

  private removal(service: SimulatedService, check: Check): void {
    const { plane, massFailures, storeAwayUntilMs } = this.seen;
    const { deregisterAfterMs, intervalMs, id } = service.plan.definition;
    const witness = this.witnesses.get(id) as Witness;
    const isFrozen = plane.process?.failures.isFrozen(check);
    const calmMs = this.seen.nowMs() - Math.max(massFailures.lastOf(service), plane.disturbedMs);
    if (isFrozen && calmMs > THAW_MS && !massFailures.mayBe(service)) {
      this.once('frozen without a mass failure', service.tag ?? id, `for ${calmMs} ms`);
    }
    if (deregisterAfterMs === 0 || isFrozen || service.truth !== 'failing' || calmMs < THAW_MS) return;
    const lateMs = (witness.failingForMs(plane.ranMs) ?? 0) - deregisterAfterMs - witness.allowanceMs;
    const awayMs = this.seen.nowMs() - Math.max(storeAwayUntilMs(), this.blindUntil(service));
    if (lateMs > intervalMs + 5_000 && awayMs > 130_000) this.once('not removed', id, `${lateMs} ms late`);
  }

  private kept({ plan }: SimulatedService, check: Check): void {
    const { decidedMs, countsFromMs } = this.witnesses.get(plan.id) as Witness;
    if (!this.isDurable(Math.max(decidedMs, countsFromMs))) return;
    const status = this.seen.durable.statusOf(plan.id);
    const isShown = check.service ? check.service.critical === (check.state.verdict === 'Critical') : true;
    if (status !== check.status || !isShown) {
      this.once('memory and store differ', plan.id, `${check.status} in memory, ${status} in the store`);
    }
  }

  private isDurable(sinceMs: number): boolean {
    return (
      this.seen.nowMs() - Math.max(sinceMs, this.seen.storeAwayUntilMs(), this.seen.plane.disturbedMs) >
      DURABLE_MS
    );
  }

  private stableForMs(service: SimulatedService): number {
    return this.seen.nowMs() - this.stableSinceMs(service);
  }

  /** Since when nothing has changed of a service, nor disturbed who looks at it. */
  private stableSinceMs(service: SimulatedService): number {
    const { countsFromMs } = this.witnesses.get(service.plan.id) as Witness;
    return Math.max(service.sinceMs, countsFromMs, this.seen.plane.disturbedMs, this.blindUntil(service));
  }

  private blindUntil({ plan }: SimulatedService): number {
    return plan.isTtl ? 0 : this.seen.blindUntilMs();
  }

  private isFarFromEdges({ windows }: SimulatedService): boolean {
    const wallMs = this.seen.wallMs();
    return isOpen(windows, wallMs - EDGE_MS) === isOpen(windows, wallMs);
  }

  /** The same finding of the same service once. */
  private once(violation: Violation, id: string, detail: string): void {
    const key = `${violation} ${id}`;
    if (!this.reported.has(key)) this.find(violation, id, detail);
    this.reported.add(key);
  }
}
