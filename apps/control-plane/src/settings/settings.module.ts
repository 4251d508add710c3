import { type DynamicModule, Module } from '@nestjs/common';
import { Clock, RunningClock, SystemClock } from '@vitals/core/time';
import { Settings } from './settings.js';

/** The providers of every feature: the settings, and the clocks. */
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
      ],
      exports: [Settings, Clock, RunningClock],
    };
  }
}
