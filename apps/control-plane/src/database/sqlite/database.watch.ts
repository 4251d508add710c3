import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type CancelTimer, Clock } from '@vitals/core/time';
import { DataSource } from 'typeorm';
import { AtShutdown } from '../../shutdown/stages.js';
import { Database } from '../database.js';
import { countDatabase } from './database.counts.js';
import { DatabaseFile } from './database.file.js';

/** How often the files are looked at while nothing is written, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

/** Says at boot which database this is and what it holds, and from then on when its files are not what they were. */
@Injectable()
export class DatabaseWatch implements OnApplicationBootstrap {
  private readonly logger = new Logger('Database');
  private told: string | undefined;
  private timer: CancelTimer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly source: DataSource,
    private readonly database: Database,
    private readonly file: DatabaseFile,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.file.path === ':memory:') {
      this.logger.warn(
        'the database is in memory: nothing outlasts this process (DATABASE_URL=sqlite::memory:)',
      );
      return;
    }
    const { providers, services, checks } = await countDatabase(this.source);
    const holds = `${providers} providers, ${services} services, ${checks} checks`;
    this.logger.log(`database ${this.file.path}${this.file.isNew ? ' (new)' : ''}: ${holds}`);
    this.look();
  }

  @AtShutdown('checkpoint')
  stop(): void {
    this.timer?.();
  }

  private look(): void {
    this.timer = this.clock.after(LOOK_EVERY_MS, () => this.look());
    // a write that begins a WAL anew, where nobody else writes
    if (this.file.fault()?.kind === 'wal-missing') {
      void this.database.transaction(async () => undefined).catch(() => undefined);
    }
    const fault = this.database.fault();
    if (fault === this.told) return;
    this.told = fault;
    if (fault === undefined) this.logger.log(`the database ${this.file.path} is in its place again`);
    else this.logger.error(`nothing is written: ${fault}`);
  }
}
