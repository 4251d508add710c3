import type { Logger } from '@nestjs/common';
import { failureReason } from '@vitals/core/health';

/**
 * Says in the log that something waits to be written: once for each reason, however often it is tried again, and once
 * when it is over.
 */
export class DelayLog {
  private told: string | undefined;

  /** @param what waits, such as `transitions wait to be written` */
  constructor(
    private readonly logger: Logger,
    private readonly what: string,
    private readonly level: 'warn' | 'error' = 'warn',
  ) {}

  /** A try failed. */
  failed(error: unknown): void {
    const why = failureReason(error);
    if (why === this.told) return;
    this.told = why;
    this.logger[this.level](`${this.what}: ${why}`);
  }

  /** A try succeeded. */
  succeeded(): void {
    if (this.told === undefined) return;
    this.told = undefined;
    this.logger.log(`over: ${this.what}`);
  }
}
