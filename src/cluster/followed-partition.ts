import type { Fleet, IntervalPolicy, Lease } from '../lease/index.js';
import type { JudgingTime } from '../time/index.js';
import type { ClusterTimes } from './cluster-times.js';
import { LeaseCopy } from './lease-copy.js';
import { PartitionClock, type Standstill } from './partition-clock.js';

/**
 * One partition of the heartbeats as an instance follows it: the leases of its providers, and the clock by which they are
 * judged. Records are given in the order of the log. Every instance follows every partition; its owner also judges.
 */
export class FollowedPartition implements JudgingTime {
  readonly leases: LeaseCopy;
  private readonly clock: PartitionClock;
  private members: ReadonlySet<string> = new Set();
  /** Members that said farewell: they leave the group a little later. */
  private departed: ReadonlySet<string> = new Set();
  private extendedMs = -1;

  /**
   * @param running the clock of this process, without its own standstills
   * @param fleet shared by all partitions
   */
  constructor(
    private readonly running: JudgingTime,
    policy: IntervalPolicy,
    private readonly times: ClusterTimes,
    fleet: Fleet,
  ) {
    this.clock = new PartitionClock(times.slackMs, running.nowMs());
    this.leases = new LeaseCopy(this, policy, fleet);
  }

  /** The time by which the leases are judged. */
  nowMs(): number {
    return this.clock.read(this.running.nowMs());
  }

  wallMs(): number {
    return this.running.wallMs();
  }

  /** The log was read to the end that it had when reading began. */
  onCaughtUp(): void {
    this.clock.catchUp(this.running.nowMs());
  }

  /** Reading begins anew. */
  onFallenBehind(): void {
    this.clock.fallBehind(this.running.nowMs());
  }

  /** A beat that an instance took and answered with this interval. */
  onBeat(lease: Lease, toldMs: number, instance: string): void {
    this.clock.join(instance, this.running.nowMs());
    this.leases.hear(lease, toldMs);
  }

  /**
   * @param sentMs by the monotonic clock of the instance
   * @param hasRefused it refused beats since the watermark before: providers that did not go elsewhere need a full
   *   deadline, as after a restart
   */
  onWatermark(instance: string, sentMs: number, hasRefused = false): void {
    this.clock.watermark(instance, sentMs, this.running.nowMs());
    if (hasRefused) this.extendForRefused();
  }

  /** The last record of an instance that stops in good order: everything that it took lies before. */
  onFarewell(instance: string): void {
    this.clock.leave(instance, this.running.nowMs());
    this.departed = new Set(this.departed).add(instance);
  }

  /**
   * Whom the group knows now. The clock waits for each of them, also for one that stopped before anything of it was read:
   * providers may be sending their beats to it. So an instance writes watermarks before it joins the group.
   */
  onMembers(members: ReadonlySet<string>): void {
    const atMs = this.running.nowMs();
    this.members = members;
    this.departed = new Set([...this.departed].filter((instance) => members.has(instance)));
    for (const instance of members) if (!this.departed.has(instance)) this.clock.join(instance, atMs);
  }

  /**
   * Gives up instances that the group does not know, and of which nothing was read for long; to be called on a schedule.
   * They may have taken beats with them, of whichever provider: every lease gets a full deadline.
   * @returns who they are
   */
  giveUpDead(): string[] {
    const atMs = this.running.nowMs();
    const dead: string[] = [];
    for (const instance of this.clock.instances) {
      if (this.members.has(instance)) continue;
      if (this.clock.silenceMs(instance, atMs) >= this.times.deadAfterMs) dead.push(instance);
    }
    for (const instance of dead) this.clock.leave(instance, atMs);
    if (dead.length > 0) this.extendForDead(dead);
    return dead;
  }

  /** Gives every lease a full deadline: this instance is the owner from now on. */
  rebuild(): void {
    this.leases.extendAll();
  }

  /** Since when and why the clock stands still; `undefined` while it runs. */
  standstill(): Standstill | undefined {
    return this.clock.standstill(this.running.nowMs());
  }

  /** How much time was not counted so far, in milliseconds. */
  get pausedMs(): number {
    return this.clock.pausedMs;
  }

  protected extendForDead(_dead: readonly string[]): void {
    this.leases.extendAll();
  }

  /** Once for all that were read while the clock stood still. */
  protected extendForRefused(): void {
    const nowMs = this.nowMs();
    if (nowMs === this.extendedMs) return;
    this.extendedMs = nowMs;
    this.leases.extendAll();
  }
}
