import type { Stamp } from '@vitals/core/cluster';
import type { Moment } from '../model/host-clock.js';
import type { StoredChange, StoreWitness } from '../model/store.js';

/** What a provider did, as it knows itself. */
interface Beating {
  /** When its last beat was acknowledged. */
  lastMs: number;
  /** When it last was silent for longer than the bound. */
  brokeMs: number;
}

/** Sees every commit of an exploration, and knows what the providers did. */
export class Witness implements StoreWitness {
  readonly violations: string[] = [];
  readonly beating = new Map<string, Beating>();
  newest = 0;

  constructor(
    private readonly moment: Moment,
    private readonly boundMs: number,
    private readonly checksBound: boolean,
    private readonly states: Map<string, string>,
  ) {}

  onCommitted(change: StoredChange): void {
    if (change.kind === 'taken') {
      if (change.taken.epoch !== this.newest + 1) this.violations.push('an epoch was not the next');
      this.newest = change.taken.epoch;
    }
    if (change.kind !== 'transition') return;
    const { subject, from, to, stamp, wasHeard } = change.transition;
    if (this.states.get(subject) !== from || from === to)
      this.violations.push(`${subject}: ${from} → ${to} does not follow from what was before`);
    this.states.set(subject, to);
    if (stamp && this.isOvertaken(stamp)) this.violations.push('a decision of an old epoch was taken');
    if (wasHeard) this.violations.push(`${subject} was written as silent although it was heard again`);
    if (to === 'Unavailable' && this.checksBound && this.keepsBound(subject))
      this.violations.push(`false Unavailable: ${subject} was heard within the bound`);
  }

  beats(name: string): void {
    const own = this.beating.get(name) as Beating;
    if (this.moment.nowMs - own.lastMs > this.boundMs) own.brokeMs = this.moment.nowMs;
    own.lastMs = this.moment.nowMs;
  }

  private isOvertaken({ epoch }: Stamp): boolean {
    return epoch < this.newest;
  }

  private keepsBound(name: string): boolean {
    const { lastMs, brokeMs } = this.beating.get(name) as Beating;
    return this.moment.nowMs - lastMs <= this.boundMs && brokeMs === 0;
  }
}
