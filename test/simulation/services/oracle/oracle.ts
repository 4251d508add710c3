import type { RecordedTransition } from '@vitals/core/transition';
import type { ProbeOutcome } from '@vitals/core/check';
import { checkDefined, type StoredProgress } from '../../../../apps/control-plane/src/checks/check.rows.js';
import type { CheckTransition } from '../../../../apps/control-plane/src/checks/check.transitions.js';
import type { ControlPlane, PlaneWatcher } from '../plane/control-plane.js';
import type { MemoryStore } from '../plane/memory.store.js';
import type { Process } from '../plane/process.js';
import type { MassFailures } from '../world/mass-failures.js';
import type { SimulatedService } from '../world/simulated-service.js';
import { Audit } from './audit.js';
import type { Counts } from './counts.js';
import type { Finding, Violation } from './finding.js';
import { Judgement } from './judgement.js';
import { Witness } from './witness.js';

/** Progress that is remembered: much more than is taken down between two writes. */
const MAX_NOTED = 20_000;

/** What the oracle may see: everything. */
export interface Seen {
  readonly nowMs: () => number;
  readonly wallMs: () => number;
  readonly plane: ControlPlane;
  readonly durable: MemoryStore;
  readonly services: readonly SimulatedService[];
  readonly massFailures: MassFailures;
  /** When looks could be judged again after they could not; in the future while they cannot. */
  readonly blindUntilMs: () => number;
  /** When the store came back; in the future while it is away. */
  readonly storeAwayUntilMs: () => number;
}

/** Holds what the control plane decides against what the world did to its services. */
export class Oracle implements PlaneWatcher {
  readonly findings: Finding[] = [];
  readonly witnesses = new Map<string, Witness>();
  readonly counts: Counts;
  private readonly audit: Audit;
  private readonly judgement: Judgement;
  /** When progress was taken down, by its text: the last of it. */
  private readonly notedMs = new Map<string, number>();
  private published = 0;
  /** Checks that began, or began anew, and whose client has no answer yet. */
  private readonly begun = new Set<string>();

  constructor(private readonly seen: Seen) {
    for (const service of seen.services) this.witnesses.set(service.plan.id, new Witness(service));
    const find = (violation: Violation, id: string, detail: string): void =>
      void this.findings.push({ violation, id, atMs: seen.nowMs(), detail });
    this.audit = new Audit(seen, this.witnesses, find);
    this.counts = this.audit.counts;
    this.judgement = new Judgement(seen, this.audit, find);
    this.find = find;
  }

  private readonly find: (violation: Violation, id: string, detail: string) => void;

  started(process: Process): void {
    const { plane, durable } = this.seen;
    this.published = durable.recorded;
    process.feed.on(checkDefined, ({ check }) => this.begun.add(check.definition.id));
    process.feed.recorded.subscribe((transitions) => this.publish(transitions));
    process.failures.alarms.subscribe((failure) => this.judgement.alarmed(failure));
    for (const [id, witness] of this.witnesses) {
      const progress = durable.progressOf(id);
      const notedMs = (progress && this.notedMs.get(JSON.stringify(progress))) ?? 0;
      witness.recovers(progress, notedMs, plane.ranMs, this.seen.nowMs());
    }
  }

  crashed(): void {
    this.counts.crashes++;
  }

  noted(progress: StoredProgress): void {
    const text = JSON.stringify(progress);
    this.notedMs.delete(text);
    this.notedMs.set(text, this.seen.nowMs());
    const [oldest = text] = this.notedMs.keys();
    if (this.notedMs.size > MAX_NOTED) this.notedMs.delete(oldest);
  }

  decided(transition: CheckTransition): void {
    const witness = this.witnesses.get(transition.subject) as Witness;
    witness.decidedMs = this.seen.nowMs();
    this.judgement.decided(witness, transition);
  }

  /**
   * A look ended in a process that lives, or a message came; times are those when it began, or when it came.
   * @param saidMs of when it tells; a message may have waited
   */
  took(id: string, outcome: ProbeOutcome, startedMs: number, startedRanMs: number, saidMs = startedMs): void {
    const witness = this.witnesses.get(id) as Witness;
    const check = this.seen.plane.process?.directory.find(id);
    if (!check || check.leaving || startedMs < witness.countsFromMs) return;
    if (check.state.maintenanceSinceMs === undefined) return witness.takes(outcome, startedRanMs, saidMs);
    // a message in maintenance is noted: silence is counted from its end
    if (witness.service.plan.isTtl) witness.heardMs = Number.POSITIVE_INFINITY;
  }

  /** A client asks for something of a service: what is kept of it may change. */
  asked({ plan }: SimulatedService): void {
    (this.witnesses.get(plan.id) as Witness).decidedMs = this.seen.nowMs();
  }

  /** A service was registered, or registered anew; of one that does not fail that changes nothing. */
  registered(service: SimulatedService): void {
    const { plan } = service;
    this.seen.massFailures.registered(service);
    if (this.begun.delete(plan.id))
      this.witnesses.get(plan.id)?.restarts(this.seen.plane.ranMs, this.seen.nowMs());
  }

  /** Something of a service changes; if it ends a fault, that has to be known by now. */
  changes(service: SimulatedService, apply: () => void): void {
    const isKnown = service.truth === 'failing' && this.audit.known(service);
    apply();
    if (isKnown && service.truth !== 'failing') isKnown();
  }

  /** Looks at everybody, whether something happened or not. */
  auditAll(): void {
    this.audit.all();
  }

  /** Judges the log as a whole. */
  finish(): void {
    const last = new Map<string, RecordedTransition>();
    for (const transition of this.seen.durable.log()) {
      const { subject, from, to } = transition;
      const before = last.get(subject)?.to ?? 'Pending';
      const expected = before === 'Removed' ? 'Pending' : before;
      if (from !== expected) this.find('log inconsistent', subject, `${from} to ${to} after ${before}`);
      last.set(subject, transition);
    }
  }

  private publish(transitions: readonly RecordedTransition[]): void {
    for (const { subject, sequence } of transitions) {
      this.counts.transitions++;
      const isNext = sequence === ++this.published && this.seen.durable.subjectOf(sequence) === subject;
      if (!isNext)
        this.find('log inconsistent', subject, `${sequence} published after ${this.published - 1}`);
    }
  }
}
