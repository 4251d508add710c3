import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type CancelTimer, Clock } from '@vitals/core/time';
import { AtShutdown } from '../shutdown/stages.js';
import { Database } from './database.js';

/** How often the database is looked at while nothing is written, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

/**
 * Says at boot which database this is and what it holds, and from then on when nothing can be written to it. Ends the
 * process, in order, when that will never be otherwise: whoever runs it starts it again.
 */
@Injectable()
export class DatabaseWatch implements OnApplicationBootstrap {
  private readonly logger = new Logger('Database');
  private told: string | undefined;
  private timer: CancelTimer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly database: Database,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { place, isNew } = this.database;
    await this.database.booted();
    if (place === ':memory:') {
      this.logger.warn(
        'the database is in memory: nothing outlasts this process (DATABASE_URL=sqlite::memory:)',
      );
      return;
    }
    const { providers, services, checks } = await this.database.content();
    const holds = `${providers} providers, ${services} services, ${checks} checks`;
    this.logger.log(`database ${place}${isNew ? ' (new)' : ''}: ${holds}`);
    this.look();
  }

  @AtShutdown('checkpoint')
  stop(): void {
    this.timer?.();
  }

  private look(): void {
    this.timer = this.clock.after(LOOK_EVERY_MS, () => this.look());
    if (this.database.isGivenUp) {
      this.logger.error(`this control plane ends: ${this.database.fault()}`);
      this.timer();
      process.emit('SIGTERM');
      return;
    }
    void this.database.tend().catch(() => undefined);
    const fault = this.database.fault();
    if (fault === this.told) return;
    this.told = fault;
    if (fault === undefined) this.logger.log(`the database ${this.database.place} is in its place again`);
    else this.logger.error(`nothing is written: ${fault}`);
  }
}
