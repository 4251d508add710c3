import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { isClustered } from '../cluster/cluster.times.js';
import type { Settings } from '../settings/settings.js';
import { LeaseSweeper } from './lease.sweeper.js';
import { MassFailureWatch } from './mass-failure.watch.js';
import { PartitionJudge } from './partition.judge.js';
import { LocalJudge, SilenceJudge } from './silence.judge.js';

/** Who fell silent. */
@Module({})
export class LeasesModule {
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: LeasesModule,
      global: true,
      imports: [ScheduleModule.forRoot()],
      providers: [
        { provide: SilenceJudge, useClass: isClustered(settings) ? PartitionJudge : LocalJudge },
        LeaseSweeper,
        MassFailureWatch,
      ],
      exports: [MassFailureWatch],
    };
  }
}
