import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Journal } from '../persistence/journal.js';

/** Writes every transition to the log of the process, for whoever watches the terminal. */
@Injectable()
export class TransitionLog implements OnModuleInit {
  private readonly logger = new Logger('Transitions');

  constructor(private readonly journal: Journal) {}

  onModuleInit(): void {
    this.journal.recorded.subscribe((recorded) => {
      for (const { sequence, kind, subject, from, to, cause } of recorded) {
        const text = `#${sequence} ${kind} ${subject}: ${from} → ${to} (${cause})`;
        if (to === 'Unavailable') this.logger.warn(text);
        else this.logger.log(text);
      }
    });
  }
}
