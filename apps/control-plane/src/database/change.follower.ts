import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { type CancelTimer, Clock } from '@vitals/core/time';
import { AtShutdown } from '../shutdown/stages.js';
import { Database } from './database.js';
import { DelayLog } from './delay.log.js';
import { Journal } from './journal.js';

/** How often what others committed is looked for, if nobody says that there is something; in milliseconds. */
const LOOK_EVERY_MS = 500;
/** How long nothing is read after a read that failed: doubled by each further one, up to the longest; in milliseconds. */
const REST_MS = 250;
const MAX_REST_MS = 2_000;

/** Those who wait for a read that has not begun. */
class Waiting {
  resolve!: () => void;
  reject!: (error: unknown) => void;
  readonly promise = new Promise<void>((resolve, reject) => Object.assign(this, { resolve, reject }));
}

/** Keeps memory up to date with what other processes on the same database commit. */
@Injectable()
export class ChangeFollower implements OnApplicationBootstrap {
  private readonly delay = new DelayLog(new Logger('Changes'), 'the changes of others cannot be read');
  private following = false;
  private woken = false;
  private stopped = false;
  private waiting: Waiting | undefined;
  private timer: CancelTimer | undefined;
  private followedMs: number;
  /** Of the reads since the last one that succeeded. */
  private failure: { readonly error: unknown; readonly restMs: number } | undefined;

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

  /**
   * How old memory is, in milliseconds: since when nothing of what others committed was read. It grows while nothing can
   * be read. 0 in a process that shares its database with nobody.
   */
  get lagMs(): number {
    return this.database.isShared ? this.clock.monotonicMs() - this.followedMs : 0;
  }

  /** Something was committed: it is read at once, or after the rest that follows a failure. */
  wake(): void {
    this.woken = true;
    if (!this.following && !this.failure && !this.stopped) void this.follow();
  }

  /**
   * Resolves when everything is applied that was committed before the call: by a read that begins after it, and that all
   * share who wait for one.
   * @throws VitalsError `store-unavailable`, at once during the rest that follows a failure
   */
  async caughtUp(): Promise<void> {
    if (!this.database.isShared) return;
    if (this.stopped) throw new VitalsError('store-unavailable', 'the control plane is shutting down');
    if (this.failure && !this.following) throw this.failure.error;
    this.waiting ??= new Waiting();
    const { promise } = this.waiting;
    this.wake();
    await promise;
  }

  @AtShutdown('close')
  stop(): void {
    this.stopped = true;
    this.timer?.();
    this.waiting?.reject(new VitalsError('store-unavailable', 'the control plane is shutting down'));
  }

  private async follow(): Promise<void> {
    this.following = true;
    this.timer?.();
    do {
      this.woken = false;
      await this.read();
    } while (this.woken && !this.failure && !this.stopped);
    this.following = false;
    if (this.failure) this.refuse(this.failure.error);
    if (!this.stopped)
      this.timer = this.clock.after(this.failure?.restMs ?? LOOK_EVERY_MS, () => void this.follow());
  }

  private async read(): Promise<void> {
    const { waiting: waited } = this;
    this.waiting = undefined;
    const beganMs = this.clock.monotonicMs();
    try {
      await this.journal.follow();
      this.followedMs = beganMs;
      this.failure = undefined;
      this.delay.succeeded();
      waited?.resolve();
    } catch (error) {
      const restMs = this.failure ? Math.min(2 * this.failure.restMs, MAX_REST_MS) : REST_MS;
      this.failure = { error, restMs };
      this.delay.failed(error);
      waited?.reject(error);
    }
  }

  /** Nobody who began to wait during a read that failed waits until the rest is over. */
  private refuse(error: unknown): void {
    this.waiting?.reject(error);
    this.waiting = undefined;
  }
}
