import type { CommandOrigin } from './check.command.js';

/**
 * The quickest of so long, by the clock of this process, tells how far apart two clocks are, in milliseconds: longer than
 * a backlog takes to be read, and as long as a clock that stood still may do harm.
 */
const WINDOW_MS = 60_000;

/** The commands of one epoch of one partition, all of one sender. */
interface Sender {
  readonly epoch: number;
  readonly instance: string;
  /** How far apart the clocks are, with what the quickest command took: in this window, and in the one before. */
  quickestMs: number;
  quickestBeforeMs: number;
  windowEndsMs: number;
}

/**
 * For how long commands have waited, whatever the clocks of other instances say. A command tells the time of its sender's
 * monotonic clock; of those that came, the one that took least is believed to have come at once. So whatever waits longer
 * than that is late. That is asked of the last minute or two, for the clock of a machine that is paused stands still. A new owner of a partition is a new sender: its first command is one that came at once.
 */
export class CommandAges {
  private readonly senders = new Map<number, Sender>();

  /** Milliseconds. @param nowMs of the monotonic clock of this process */
  waitedMs(partition: number, { epoch, instance, sentMs }: CommandOrigin, nowMs: number): number {
    const apartMs = nowMs - sentMs;
    let sender = this.senders.get(partition);
    if (sender?.epoch !== epoch || sender.instance !== instance) {
      const windowEndsMs = nowMs + WINDOW_MS;
      sender = { epoch, instance, quickestMs: apartMs, quickestBeforeMs: apartMs, windowEndsMs };
      this.senders.set(partition, sender);
    }
    if (nowMs >= sender.windowEndsMs) {
      sender.quickestBeforeMs = sender.quickestMs;
      sender.quickestMs = apartMs;
      sender.windowEndsMs = nowMs + WINDOW_MS;
    }
    sender.quickestMs = Math.min(sender.quickestMs, apartMs);
    return apartMs - Math.min(sender.quickestMs, sender.quickestBeforeMs);
  }
}
