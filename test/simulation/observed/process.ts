import { IntervalPolicy, type LeaseTable, maxAdvertisedMs } from '@vitals/core/lease';
import type { Transition } from '@vitals/core/transition';
import type { Task } from '../engine/engine.js';
import { VirtualClock } from '../engine/virtual-clock.js';
import type { Answer, Exchange } from '../fleet/exchange.js';
import type { SimulatedProvider } from '../fleet/simulated-provider.js';
import type { ControlPlane } from './control-plane.js';
import { LateReports } from './late-reports.js';
import { NEVER_HEARD, ProviderRecord } from './record.js';
import { recover } from './recovery.js';
import { Standstill } from './standstill.js';
import { reportOf } from './store.js';
import { Writer } from './writer.js';

const SWEEP_EVERY_MS = 50;
const SWEEP_BATCH = 1_000;
/** From taking the leases back to serving, at most. */
const MAX_BOOT_MS = 500;
const REORDERED_WITHIN_MS = 30_000;

/** One life of the control plane: memory around the real leases, which the next life does not have. */
export class Process implements Task {
  readonly clock: VirtualClock;
  readonly standstill: Standstill;
  readonly table: LeaseTable;
  readonly records = new Map<number, ProviderRecord>();
  private readonly writer: Writer;
  private readonly policy: IntervalPolicy;
  private readonly late: LateReports;
  private waiting: Exchange[] = [];

  constructor(readonly plane: ControlPlane) {
    const { engine, random, store, scenario, variant } = plane;
    this.clock = new VirtualClock(engine);
    this.standstill = new Standstill(engine);
    const policy = new IntervalPolicy(scenario.intervals, random.next);
    this.table = variant.createTable(variant.createClock(this.clock), policy);
    this.writer = new Writer(
      engine,
      random,
      store,
      (point) => plane.crashesAt(this, point),
      (run) => this.whenAwake(run),
      (before, upTo) => plane.ledger.published(before, upTo),
    );
    this.policy = policy;
    this.late = new LateReports(engine, this.writer, (run) => this.whenAwake(run));
  }

  /** Takes the leases back, boots, and serves. */
  begin(): void {
    const { engine, random } = this.plane;
    for (const [index, record] of recover(this, this.policy)) this.records.set(index, record);
    this.standstill.until(engine.nowMs + random.integer(0, MAX_BOOT_MS));
    this.whenAwake(() => this.sweep());
  }

  /** Calls back as soon as this process does not stand still; never if it is dead by then. */
  whenAwake(run: () => void): void {
    const { engine } = this.plane;
    if (this.plane.process !== this) return;
    if (!this.standstill.isNow) return run();
    engine.at(this.standstill.endMs, () => this.whenAwake(run));
  }

  /** Takes what has arrived, or lets it wait in the socket. */
  take(exchange: Exchange): void {
    if (this.standstill.isNow) {
      exchange.provider.noAnswer(exchange);
      if (this.waiting.push(exchange) === 1) this.whenAwake(() => this.takeWaiting());
    } else if (exchange.generation === undefined) this.register(exchange);
    else this.beat(exchange, exchange.generation);
  }

  private takeWaiting(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const exchange of waiting) this.take(exchange);
  }

  /** Removes a provider by request. */
  remove(provider: SimulatedProvider): void {
    const { index } = provider;
    this.whenAwake(() =>
      this.writer.add({
        apply: (store) => store.remove(index, `p${index}`, this.clock.wallMs()),
        done: () => {
          const record = this.records.get(index);
          if (record) this.table.revoke(record.lease);
          this.records.delete(index);
          this.plane.ledger.removed(provider);
        },
      }),
    );
  }

  private register(exchange: Exchange): void {
    const { provider } = exchange;
    if (provider.removed) return;
    let generation = 0;
    provider.noAnswer(exchange);
    this.writer.add({
      apply: (store) => (generation = store.register(provider.index)),
      done: () => {
        if (provider.removed) return;
        const known = this.records.get(provider.index);
        if (known) this.table.registerAgain(known.lease);
        const record = known ?? this.fresh(provider.index);
        record.row.generation = generation;
        if (record.lease.state !== 'Unavailable') record.rule.renew(this.standstill.runningMs);
        this.records.set(provider.index, record);
        this.plane.ledger.heard(exchange, record.lease);
        this.answer(exchange, { kind: 'registered', generation });
      },
    });
  }

  private beat(exchange: Exchange, generation: number): void {
    const record = this.records.get(exchange.provider.index);
    if (!record) return this.answer(exchange, { kind: 'unknown' });
    if (record.row.generation !== generation) return this.answer(exchange, { kind: 'refused' });
    const { lease, row } = record;
    const renewal = this.plane.variant.renew(this.table, lease, exchange.claimedMs - this.clock.wallMs());
    const intervalMs = renewal.nextIntervalSeconds * 1_000;
    record.rule.tell(intervalMs, this.standstill.runningMs);
    record.trusted = false;
    row.heardAtMs = this.clock.wallMs();
    row.advertisedMs = maxAdvertisedMs(lease);
    if (isInOrder(row.reportedAtMs, exchange.claimedMs)) {
      row.reportedAtMs = exchange.claimedMs;
      if (row.phase !== exchange.phase) record.unwritten = true;
      row.phase = exchange.phase;
    }
    this.plane.ledger.heard(exchange, lease);
    if (renewal.advertisedLonger) record.unwritten = true;
    const told: Answer = { kind: 'told', intervalMs };
    if (renewal.transition) this.record(record, renewal.transition);
    if (record.unwritten || record.unsettled > 0) {
      exchange.provider.noAnswer(exchange);
      const report = reportOf(row);
      this.writer.add({
        apply: (store) => store.report(exchange.provider.index, report),
        done: () => {
          record.wrote(report);
          this.answer(exchange, told);
        },
      });
    } else {
      this.late.touch(record);
      this.answer(exchange, told);
    }
  }

  private fresh(index: number): ProviderRecord {
    const lease = this.table.register(`p${index}`);
    const row = { ...NEVER_HEARD, ...this.plane.store.rows.get(index) };
    return new ProviderRecord(
      index,
      lease,
      row,
      this.policy.longestMs(this.table.size),
      this.plane.scenario.intervals,
    );
  }

  /** The timer of the sweep. */
  run(): void {
    if (this.plane.process !== this) return;
    if (this.standstill.isNow) this.plane.engine.schedule(this.standstill.endMs, this);
    else this.sweep();
  }

  private sweep(): void {
    for (let expired = SWEEP_BATCH; expired === SWEEP_BATCH;) {
      const transitions = this.table.sweep(SWEEP_BATCH);
      expired = transitions.length;
      for (const transition of transitions) {
        const index = Number(transition.subject.slice(1));
        this.plane.ledger.decided(index, this.standstill.runningMs);
        this.record(this.records.get(index) as ProviderRecord, transition);
      }
    }
    const { engine } = this.plane;
    engine.schedule(engine.nowMs + SWEEP_EVERY_MS, this);
  }

  private record(record: ProviderRecord, transition: Transition): void {
    const index = Number(transition.subject.slice(1));
    record.unsettled++;
    this.writer.add({
      apply: (store) => store.transition(index, transition),
      done: () => record.unsettled--,
    });
  }

  private answer(exchange: Exchange, answer: Answer): void {
    this.plane.answer(exchange, answer);
  }
}

function isInOrder(lastMs: number | undefined, reportedAtMs: number): boolean {
  return lastMs === undefined || reportedAtMs >= lastMs || reportedAtMs < lastMs - REORDERED_WITHIN_MS;
}
