import { type DynamicModule, Module } from '@nestjs/common';
import { ClusterPolicy } from '@vitals/core/cluster';
import { IntervalPolicy } from '@vitals/core/lease';
import { Clock, RunningClock, SystemClock } from '@vitals/core/time';
import { isClustered, timesOf } from '../cluster/cluster.times.js';
import { Settings } from './settings.js';

/** The providers of every feature: the settings, the clocks, and the intervals that are told. */
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
        { provide: IntervalPolicy, useFactory: () => policyOf(settings) },
      ],
      exports: [Settings, Clock, RunningClock, IntervalPolicy],
    };
  }
}

/** On a cluster deadlines are longer, by what its instances prove to each other. */
function policyOf(settings: Settings): IntervalPolicy {
  const { intervals } = settings;
  return isClustered(settings)
    ? new ClusterPolicy(intervals, timesOf(settings))
    : new IntervalPolicy(intervals);
}
