import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HealthStatus, Liveness, Readiness } from '@vitals/health';
import { MailQueue } from './mail.queue.js';

const TURN_MS = 500;
const STUCK_AFTER_MS = 15_000;

/** Sends what is in the queue, one mail a turn. */
@Injectable()
export class MailWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(MailWorker.name);
  private timer: NodeJS.Timeout | undefined;
  private lastTurnMs = performance.now();

  constructor(private readonly queue: MailQueue) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.turn(), TURN_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** A loop that no longer turns is what a restart mends. */
  @Liveness('loop')
  turns(): HealthStatus {
    const idleMs = Math.round(performance.now() - this.lastTurnMs);
    const status = HealthStatus.up().withAttribute('idleMs', idleMs);
    return idleMs < STUCK_AFTER_MS ? status : status.down('the loop is stuck');
  }

  @Readiness('sending')
  isSending(): boolean {
    return this.timer !== undefined;
  }

  private turn(): void {
    this.lastTurnMs = performance.now();
    const address = this.queue.take();
    if (address) this.logger.log(`sent to ${address}`);
  }
}
