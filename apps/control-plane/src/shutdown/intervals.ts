import { Injectable } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { AtShutdown } from './stages.js';

/** Ends every `@Interval` of the app: Nest's own would go on until after the port is closed. */
@Injectable()
export class Intervals {
  constructor(private readonly registry: SchedulerRegistry) {}

  @AtShutdown('stop-judging')
  stop(): void {
    for (const name of this.registry.getIntervals()) this.registry.deleteInterval(name);
  }
}
