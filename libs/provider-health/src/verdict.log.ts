import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type ProviderHealthChange, StatusBoard } from './status.board.js';

/** Writes a line to the log when a provider turns unhealthy, does not answer in time, or recovers. */
@Injectable()
export class VerdictLog implements OnModuleInit {
  private readonly logger = new Logger('ProviderHealth');

  constructor(private readonly board: StatusBoard) {}

  onModuleInit(): void {
    this.board.onChange((change) => this.write(change));
  }

  private write({ name, from, to }: ProviderHealthChange): void {
    if (!to) return;
    if (!to.healthy && from?.healthy !== false) this.logger.error(`${name} is unhealthy: ${to.message}`);
    else if (to.healthy && to.stale)
      this.logger.warn(`${name} did not answer in time; it was healthy before`);
    else if (to.healthy && from && (!from.healthy || from.stale)) this.logger.log(`${name} is healthy again`);
  }
}
