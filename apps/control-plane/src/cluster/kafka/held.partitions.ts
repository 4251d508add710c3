import type { CancelTimer, Clock } from '@vitals/core/time';

/** One time of holding a partition; `isOver` once it was let go or lost. */
export interface Holding {
  isOver: boolean;
}

/**
 * The partitions that a member of a group holds, and until when it is certain that it does: for the group's session
 * from the moment at which the last sign of life was sent that was answered. What has lapsed stays lapsed, though an
 * answer comes later.
 */
export class HeldPartitions {
  private readonly holdings = new Map<number, Holding>();
  private untilMs = -Infinity;
  private cancelLapse: CancelTimer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly sessionMs: number,
    /** Called with what was held when it lapses, or is lost. */
    private readonly onLost: (partitions: readonly number[]) => void,
  ) {}

  get partitions(): number[] {
    return [...this.holdings.keys()];
  }

  /** Whether this instance is certainly a member. */
  get isCertain(): boolean {
    return this.clock.monotonicMs() < this.untilMs;
  }

  /** The holding of a partition; `undefined` if it is not certain any more. */
  of(partition: number): Holding | undefined {
    return this.isCertain ? this.holdings.get(partition) : undefined;
  }

  /** The group has answered to a sign of life that was sent then. */
  renew(sentMs: number): void {
    if (!this.isCertain) this.lose();
    this.untilMs = sentMs + this.sessionMs;
    this.cancelLapse?.();
    this.cancelLapse = this.clock.after(this.untilMs - this.clock.monotonicMs(), () => this.lapse());
  }

  take(partitions: readonly number[]): void {
    for (const partition of partitions) this.holdings.set(partition, { isOver: false });
  }

  letGo(partitions: readonly number[]): void {
    for (const partition of partitions) {
      const holding = this.holdings.get(partition);
      if (holding) holding.isOver = true;
      this.holdings.delete(partition);
    }
  }

  /** The group has given this member up: whatever it held may be held by others. */
  lose(): void {
    this.untilMs = -Infinity;
    this.cancelLapse?.();
    const { partitions } = this;
    this.letGo(partitions);
    if (partitions.length > 0) this.onLost(partitions);
  }

  private lapse(): void {
    if (!this.isCertain) this.lose();
    else this.cancelLapse = this.clock.after(this.untilMs - this.clock.monotonicMs(), () => this.lapse());
  }
}
