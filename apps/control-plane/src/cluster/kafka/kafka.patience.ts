import type { Logger } from '@nestjs/common';
import type { Clock } from '@vitals/core/time';
import { kafkaText } from './kafka.errors.js';

/** How long a broker is left alone that did not answer, or could not, in milliseconds. */
const RETRY_MS = 250;

/** What fails for a shorter time is not said: a topic that is new, or a partition that moves. */
const SAY_AFTER_MS = 2_000;

/** Tries again whatever fails; says once that it does for some time, and once that it does not any more. */
export class Patience {
  private isEnded = false;
  private failedMs: number | undefined;
  private isTold = false;

  /** @param what is done, in words: "vitals.changes is read" */
  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly what: string,
  ) {}

  /** Does something once. After a failure it waits before it resolves. @returns whether it was done */
  async attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
    } catch (error) {
      await this.wait(error);
      return false;
    }
    if (this.isTold) this.logger.log(`${this.what} again`);
    this.isTold = false;
    this.failedMs = undefined;
    return true;
  }

  /** Does something until it is done; not at all once this has ended. */
  async insist(work: () => Promise<void>): Promise<void> {
    while (!this.isEnded && !(await this.attempt(work)));
  }

  /** From now on nothing is waited for, and nothing is said. */
  end(): void {
    this.isEnded = true;
  }

  private async wait(error: unknown): Promise<void> {
    if (this.isEnded) return;
    this.failedMs ??= this.clock.monotonicMs();
    if (!this.isTold && this.clock.monotonicMs() - this.failedMs >= SAY_AFTER_MS) {
      this.logger.warn(
        `for ${SAY_AFTER_MS / 1_000} s it has not been so that ${this.what}: ${kafkaText(error)}`,
      );
      this.isTold = true;
    }
    await new Promise<void>((resolve) => void this.clock.after(RETRY_MS, resolve));
  }
}
