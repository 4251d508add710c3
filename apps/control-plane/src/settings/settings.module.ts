import { type DynamicModule, Module } from '@nestjs/common';
import { IntervalPolicy, LeaseTable } from '@vitals/core/lease';
import { Clock, RunningClock, SystemClock } from '@vitals/core/time';
import { Settings } from './settings.js';

/** The providers of every feature: the settings, the clocks, and the lease table that follows from both. */
@Module({})
export class SettingsModule {
  static forRoot(settings: Settings, clock: Clock = new SystemClock()): DynamicModule {
    return {
      module: SettingsModule,
      global: true,
      providers: [
        { provide: Settings, useValue: settings },
        { provide: Clock, useValue: clock },
        { provide: RunningClock, useFactory: () => new RunningClock(clock) },
        { provide: IntervalPolicy, useFactory: () => new IntervalPolicy(settings.intervals) },
        {
          provide: LeaseTable,
          inject: [RunningClock, IntervalPolicy],
          useFactory: (running: RunningClock, policy: IntervalPolicy) => new LeaseTable(running, policy),
        },
      ],
      exports: [Settings, Clock, RunningClock, IntervalPolicy, LeaseTable],
    };
  }
}
