import type { IntervalSettings, Lease } from '@vitals/core/lease';
import type { Report, Row } from './store.js';

/** The row of a provider that never beat. */
export const NEVER_HEARD: Row = {
  generation: 0,
  availability: 'Unknown',
  phase: 0,
  reportedAtMs: undefined,
  heardAtMs: undefined,
  advertisedMs: 0,
  changedAtMs: [],
};

/** The deadline rule, written down a second time, over the time that the process really ran. */
class DeadlineRule {
  deadlineMs = 0;
  private receivedMs = 0;
  private secondLastMs: number;
  private thirdLastMs: number;

  constructor(
    private lastMs: number,
    private readonly settings: IntervalSettings,
  ) {
    this.secondLastMs = lastMs;
    this.thirdLastMs = lastMs;
  }

  tell(intervalMs: number, runningMs: number): void {
    if (runningMs - this.receivedMs < 1_000) this.lastMs = Math.max(this.lastMs, intervalMs);
    else {
      this.thirdLastMs = this.secondLastMs;
      this.secondLastMs = this.lastMs;
      this.lastMs = intervalMs;
    }
    this.renew(runningMs);
  }

  renew(runningMs: number): void {
    const { baseMs, missedBeats, graceMs } = this.settings;
    const allowedMs =
      missedBeats * Math.max(baseMs, this.lastMs, this.secondLastMs, this.thirdLastMs) + graceMs;
    this.receivedMs = runningMs;
    this.deadlineMs = Math.max(this.deadlineMs, runningMs + allowedMs);
  }
}

/** What a process holds of one provider in memory. */
export class ProviderRecord {
  readonly rule: DeadlineRule;
  /** Placeable although it was not heard since the restart. */
  trusted = false;
  /** Something of it was changed that holds answers back until it is durable. */
  unwritten = false;
  /** Transitions that are decided, but not durable. */
  unsettled = 0;
  /** It waits to be written behind. */
  dirty = false;

  constructor(
    readonly index: number,
    readonly lease: Lease,
    readonly row: Row,
    advertisedMs: number,
    settings: IntervalSettings,
  ) {
    this.rule = new DeadlineRule(advertisedMs, settings);
  }

  /** A report is durable: if nothing has changed since, nothing holds answers back. */
  wrote({ phase, advertisedMs }: Report): void {
    if (this.row.phase === phase && this.row.advertisedMs <= advertisedMs) this.unwritten = false;
  }
}
