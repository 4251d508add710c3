import { Global, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { LeaseSweeper } from './lease.sweeper.js';
import { MassFailureWatch } from './mass-failure.watch.js';

/** Who fell silent. */
@Global()
@Module({
  imports: [ScheduleModule.forRoot()],
  providers: [LeaseSweeper, MassFailureWatch],
  exports: [MassFailureWatch],
})
export class LeasesModule {}
