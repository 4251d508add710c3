import type { Engine } from '../engine/engine.js';

/** When a process stands still, and how long it really ran: the truth that its own clock has to find out. */
export class Standstill {
  /** When the last standstill ends or ended. */
  endMs: number;
  private readonly startedMs: number;
  private beganMs: number;
  private overMs = 0;

  constructor(private readonly engine: Engine) {
    this.startedMs = engine.nowMs;
    this.beganMs = engine.nowMs;
    this.endMs = engine.nowMs;
  }

  get isNow(): boolean {
    return this.engine.nowMs < this.endMs;
  }

  /** How long the process has run since its start, without the time in which it stood still. */
  get runningMs(): number {
    const awakeMs = this.isNow ? this.beganMs : this.engine.nowMs - (this.endMs - this.beganMs);
    return awakeMs - this.startedMs - this.overMs;
  }

  /** Stands still until `atMs`; a standstill that is longer stays. */
  until(atMs: number): void {
    if (atMs <= this.endMs || atMs <= this.engine.nowMs) return;
    if (!this.isNow) {
      this.overMs += this.endMs - this.beganMs;
      this.beganMs = this.engine.nowMs;
    }
    this.endMs = atMs;
  }
}
