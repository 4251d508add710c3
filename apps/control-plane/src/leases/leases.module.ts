import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { LeaseSweeper } from './lease.sweeper.js';

/** Who fell silent. */
@Module({
  imports: [ScheduleModule.forRoot()],
  providers: [LeaseSweeper],
})
export class LeasesModule {}
