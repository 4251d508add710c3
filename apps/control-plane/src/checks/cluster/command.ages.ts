import type { CommandOrigin } from './check.command.js';

/** The quickest of so long, by the sender's clock, tells how far apart two clocks are; longer than the topic is kept. */
const WINDOW_MS = 1_200_000;

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
 * than that is late. A new owner of a partition is a new sender: its first command is one that came at once.
 */
export class CommandAges {
  private readonly senders = new Map<number, Sender>();

  /** Milliseconds. @param nowMs of the monotonic clock of this process */
  waitedMs(partition: number, { epoch, instance, sentMs }: CommandOrigin, nowMs: number): number {
    const apartMs = nowMs - sentMs;
    let sender = this.senders.get(partition);
    if (sender?.epoch !== epoch || sender.instance !== instance) {
      const windowEndsMs = sentMs + WINDOW_MS;
      sender = { epoch, instance, quickestMs: apartMs, quickestBeforeMs: apartMs, windowEndsMs };
      this.senders.set(partition, sender);
    }
    if (sentMs >= sender.windowEndsMs) {
      sender.quickestBeforeMs = sender.quickestMs;
      sender.quickestMs = apartMs;
      sender.windowEndsMs = sentMs + WINDOW_MS;
    }
    sender.quickestMs = Math.min(sender.quickestMs, apartMs);
    return apartMs - Math.min(sender.quickestMs, sender.quickestBeforeMs);
  }
}
