import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type CancelTimer, Clock } from '@vitals/core/time';
import { AtShutdown } from '../shutdown/stages.js';
import { Database } from './database.js';
import { DelayLog } from './delay.log.js';
import { Journal } from './journal.js';

/** How often what others committed is looked for, if nobody says that there is something; in milliseconds. */
const LOOK_EVERY_MS = 500;

/** Keeps memory up to date with what other processes on the same database commit. */
@Injectable()
export class ChangeFollower implements OnApplicationBootstrap {
  private readonly delay = new DelayLog(new Logger('Changes'), 'the changes of others cannot be read');
  private following = false;
  private woken = false;
  private stopped = false;
  private timer: CancelTimer | undefined;
  private followedMs: number;

  constructor(
    private readonly journal: Journal,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    this.followedMs = clock.monotonicMs();
  }

  onApplicationBootstrap(): void {
    if (this.database.isShared) this.wake();
  }

  /** How old memory is, in milliseconds: since when nothing of what others committed was read. */
  get lagMs(): number {
    return this.database.isShared ? this.clock.monotonicMs() - this.followedMs : 0;
  }

  /** Something was committed: it is read at once. */
  wake(): void {
    this.woken = true;
    if (!this.following && !this.stopped) void this.follow();
  }

  @AtShutdown('close')
  stop(): void {
    this.stopped = true;
    this.timer?.();
  }

  private async follow(): Promise<void> {
    this.following = true;
    this.timer?.();
    while (this.woken && !this.stopped) {
      this.woken = false;
      const beganMs = this.clock.monotonicMs();
      try {
        await this.journal.follow();
        this.followedMs = beganMs;
        this.delay.succeeded();
      } catch (error) {
        this.delay.failed(error);
      }
    }
    this.following = false;
    if (!this.stopped) this.timer = this.clock.after(LOOK_EVERY_MS, () => this.wake());
  }
}
