import type { Lease } from '@vitals/core/lease';
import type { Watch } from '../detectors/watch.js';
import type { Engine } from '../engine/engine.js';
import type { Answer, Exchange } from '../fleet/exchange.js';
import type { SimulatedProvider } from '../fleet/simulated-provider.js';
import type { Process } from '../observed/process.js';
import type { Store } from '../observed/store.js';
import type { Finding, Violation } from './finding.js';
import { faultsOfLog } from './log.js';
import { placeableTooLateMs } from './placement.js';

/** A provider that died, and has to be found. Times are running milliseconds of the control plane's present life. */
interface Death {
  readonly sinceMs: number;
  boundMs: number;
}

/** Sees everything, also what the control plane cannot know, and holds it against what is promised. */
export class Ledger {
  readonly findings: Finding[] = [];
  /** From each crash, or the start of the control plane after it, to the decision, in running milliseconds. */
  readonly detectionsMs: number[] = [];
  /** The longest detection as a share of the bound that was told for it. */
  worstShareOfBound = 0;
  beats = 0;
  private readonly deaths = new Map<number, Death>();
  private process: Process | undefined = undefined;
  private publishedUpTo = 0;

  /** @param watches other detectors, which see what the control plane sees */
  constructor(
    private readonly providers: readonly SimulatedProvider[],
    private readonly engine: Engine,
    private readonly watches: readonly Watch[],
  ) {}

  started(process: Process): void {
    this.process = process;
    const { rows } = process.plane.store;
    for (const provider of this.providers) {
      if (!provider.alive) this.expectDeath(provider);
      this.checkAcknowledged(provider, rows);
    }
  }

  stopped(): void {
    this.process = undefined;
    this.deaths.clear();
  }

  /** A beat or a registration of this exchange was taken. */
  heard({ provider, incarnation }: Exchange, lease: Lease): void {
    this.beats++;
    if (incarnation !== provider.incarnation) return;
    for (const watch of this.watches) watch.heard(provider.index, this.engine.nowMs);
    if (provider.alive) provider.entitled = true;
    else if (this.deaths.has(provider.index)) this.tellBound(provider.index, lease);
    else this.expectDeath(provider);
  }

  /** An answer is given: what it acknowledges must survive from here on. */
  acknowledged({ provider, incarnation, phase }: Exchange, answer: Answer): void {
    if (incarnation !== provider.incarnation) return;
    if (answer.kind === 'refused' && provider.alive) {
      this.find('refused while alive', provider.index, 'as if another had registered under its name');
    }
    if (answer.kind === 'registered') provider.acknowledgedGeneration = answer.generation;
    const row = this.process?.records.get(provider.index)?.row;
    if (answer.kind === 'told' && row?.phase === phase) provider.acknowledgedPhase = phase;
  }

  died(provider: SimulatedProvider): void {
    provider.entitled = false;
    for (const watch of this.watches) watch.died(provider.index, this.engine.nowMs);
    this.expectDeath(provider);
  }

  /** It is back under its name: whether it is found dead before it is heard again is open. */
  revived(provider: SimulatedProvider): void {
    this.deaths.delete(provider.index);
    for (const watch of this.watches) watch.revived(provider.index, this.engine.nowMs);
  }

  removed(provider: SimulatedProvider): void {
    this.deaths.delete(provider.index);
    provider.acknowledgedGeneration = 0;
    provider.acknowledgedPhase = 0;
  }

  /** A lease was decided to be over. */
  decided(index: number, runningMs: number): void {
    const provider = this.providers[index] as SimulatedProvider;
    if (provider.alive && provider.entitled) {
      this.find('false Unavailable', index, 'it is alive, and was heard as the fault model has it');
    }
    const death = this.deaths.get(index);
    if (!death) return;
    this.deaths.delete(index);
    const tookMs = runningMs - death.sinceMs;
    this.detectionsMs.push(tookMs);
    this.worstShareOfBound = Math.max(this.worstShareOfBound, tookMs / death.boundMs);
    if (tookMs > death.boundMs)
      this.find('missed death', index, `${tookMs} ms, promised ${death.boundMs} ms`);
  }

  /** Transitions after `before` up to `upTo` are told to subscribers. */
  published(before: number, upTo: number): void {
    const durable = this.process?.plane.store.log.length ?? 0;
    if (upTo > durable || before < this.publishedUpTo) {
      this.find('published before it was durable', -1, `${before}–${upTo} of ${durable}`);
    }
    this.publishedUpTo = upTo;
  }

  /** Looks at what may be wrong without anything happening. */
  probe(random: () => number): void {
    const { process } = this;
    if (!process || process.standstill.isNow) return;
    const { runningMs } = process.standstill;
    for (const [index, { sinceMs, boundMs }] of this.deaths) {
      if (runningMs - sinceMs > boundMs) {
        this.deaths.delete(index);
        this.find('missed death', index, `not found within ${boundMs} ms`);
      } else this.probePlacement(process, index, runningMs);
    }
    this.probePlacement(process, Math.floor(random() * this.providers.length), runningMs);
  }

  /** Judges the log as a whole, and whether everybody was found in the state that they are in. */
  finish(store: Store): void {
    for (const watch of this.watches) watch.finish(this.engine.nowMs);
    for (const { subject, detail } of faultsOfLog(store.log)) this.find('log inconsistent', subject, detail);
    for (const provider of this.providers) {
      const row = store.rows.get(provider.index);
      if (!row && (provider.removed || !provider.alive)) continue;
      const expected = provider.alive ? 'Available' : 'Unavailable';
      if (row?.availability !== expected) {
        this.find('not settled in the end', provider.index, `${row?.availability}, is ${expected}`);
      }
    }
  }

  private expectDeath(provider: SimulatedProvider): void {
    const { process } = this;
    const record = process?.records.get(provider.index);
    if (!process || !record || record.lease.state === 'Unavailable') return;
    this.deaths.set(provider.index, {
      sinceMs: process.standstill.runningMs,
      boundMs: Number.POSITIVE_INFINITY,
    });
    process.whenAwake(() => this.tellBound(provider.index, record.lease));
  }

  /** The bound that a reader is told now. */
  private tellBound(index: number, lease: Lease): void {
    const death = this.deaths.get(index);
    if (death && this.process) death.boundMs = this.process.table.view(lease).detectionBoundMs;
  }

  private probePlacement(process: Process, index: number, runningMs: number): void {
    const record = process.records.get(index);
    const lateMs = record ? placeableTooLateMs(process.table, record, runningMs) : 0;
    if (lateMs > 0) this.find('placeable past its deadline', index, `${lateMs} ms`);
  }

  private checkAcknowledged(provider: SimulatedProvider, rows: Store['rows']): void {
    if (provider.removed) return;
    const { generation = 0, phase = 0 } = rows.get(provider.index) ?? {};
    if (generation < provider.acknowledgedGeneration || phase < provider.acknowledgedPhase) {
      this.find('acknowledged, then lost', provider.index, `generation ${generation}, phase ${phase}`);
    }
  }

  private find(violation: Violation, provider: number, detail: string): void {
    this.findings.push({ violation, provider, atMs: this.engine.nowMs, detail });
  }
}
