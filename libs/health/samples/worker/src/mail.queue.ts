import { Injectable } from '@nestjs/common';
import { Health, HealthStatus } from '@vitals/health';

const SLOW_FROM = 500;

/** Mails that wait to be sent. */
@Injectable()
export class MailQueue {
  private readonly waiting: string[] = ['first@example.org', 'second@example.org'];

  add(address: string): void {
    this.waiting.push(address);
  }

  take(): string | undefined {
    return this.waiting.shift();
  }

  /** A long queue is a matter for people, not for a restart: it only degrades. */
  @Health({ name: 'queue', critical: false })
  backlog(): HealthStatus {
    const status = HealthStatus.up().withAttribute('waiting', this.waiting.length);
    return this.waiting.length < SLOW_FROM ? status : status.degraded('mails are late');
  }
}
