import type { Stamp } from '@vitals/core/cluster';
import type { StoredChange, StoreWitness } from '../model/store.js';
import type { SimulatedProvider } from './simulated-provider.js';

/** What is wrong, and when. */
export interface ClusterFinding {
  readonly violation: string;
  readonly subject: string;
  readonly atMs: number;
}

/** Knows what is true, and sees every commit. */
export class Oracle implements StoreWitness {
  readonly findings: ClusterFinding[] = [];
  readonly detectionsMs: number[] = [];
  transitions = 0;
  takeovers = 0;
  private readonly newest = new Map<number, number>();
  private readonly states = new Map<string, string>();

  constructor(
    private readonly engine: { readonly nowMs: number },
    private readonly providers: ReadonlyMap<string, SimulatedProvider>,
    /** After a provider came back and was heard, its death may be found for so long: what it sent is on its way. */
    private readonly backMs: number,
  ) {}

  onCommitted(change: StoredChange): void {
    if (change.kind === 'taken') {
      const { partition, epoch } = change.taken;
      if (epoch !== (this.newest.get(partition) ?? 0) + 1) this.report('epoch not the next', `${partition}`);
      this.newest.set(partition, epoch);
      this.takeovers++;
    }
    if (change.kind !== 'transition') return;
    this.transitions++;
    const { subject, from, to, stamp, wasHeard } = change.transition;
    if ((this.states.get(subject) ?? 'Unknown') !== from || from === to)
      this.report('does not follow from what was before', subject);
    this.states.set(subject, to);
    if (stamp && this.isOvertaken(stamp)) this.report('taken from an old owner', subject);
    if (wasHeard) this.report('written although it was heard again', subject);
    const provider = this.providers.get(subject) as SimulatedProvider;
    if (to === 'Unavailable') this.judge(provider);
  }

  report(violation: string, subject: string): void {
    this.findings.push({ violation, subject, atMs: this.engine.nowMs });
  }

  private isOvertaken({ partition, epoch }: Stamp): boolean {
    return epoch !== this.newest.get(partition);
  }

  private judge({ name, isAlive, heardAgainMs, crashedMs }: SimulatedProvider): void {
    const { nowMs } = this.engine;
    if (!isAlive) this.detectionsMs.push(nowMs - crashedMs);
    else if (nowMs - heardAgainMs > this.backMs) this.report('false Unavailable', name);
  }
}
