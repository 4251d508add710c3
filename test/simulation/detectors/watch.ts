import type { Detector } from './detector.js';

/** What became of one provider as one detector saw it. */
interface Seen {
  heardMs: number | undefined;
  diedMs: number | undefined;
}

/** Counts how a detector does on the beats of a simulation: it sees what the control plane sees. */
export class Watch {
  /** How often it took for dead who was alive. */
  mistakes = 0;
  /** From each crash to when it was taken for dead. */
  readonly detectionsMs: number[] = [];
  private readonly seen = new Map<number, Seen>();

  constructor(readonly detector: Detector) {}

  /** A beat arrives. */
  heard(index: number, nowMs: number): void {
    const seen = this.of(index);
    const isBack = seen.heardMs === undefined;
    if (!isBack && seen.diedMs === undefined && nowMs > this.detector.deadlineMs(index)) this.mistakes++;
    this.detector.heard(index, nowMs, isBack ? undefined : nowMs - (seen.heardMs as number));
    seen.heardMs = nowMs;
  }

  died(index: number, nowMs: number): void {
    this.of(index).diedMs = nowMs;
  }

  /** It starts again at `nowMs`: a crash that was not noticed by then never is. */
  revived(index: number, nowMs: number): void {
    this.settle(index, nowMs);
    this.seen.set(index, { heardMs: undefined, diedMs: undefined });
  }

  /** The end: what was noticed until now counts. */
  finish(nowMs: number): void {
    for (const index of this.seen.keys()) this.settle(index, nowMs);
  }

  private settle(index: number, nowMs: number): void {
    const { diedMs } = this.of(index);
    const deadlineMs = this.detector.deadlineMs(index);
    if (diedMs !== undefined && deadlineMs <= nowMs) this.detectionsMs.push(Math.max(0, deadlineMs - diedMs));
  }

  private of(index: number): Seen {
    let seen = this.seen.get(index);
    if (!seen) this.seen.set(index, (seen = { heardMs: undefined, diedMs: undefined }));
    return seen;
  }
}
