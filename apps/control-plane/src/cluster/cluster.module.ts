import { type DynamicModule, Module } from '@nestjs/common';
import type { Settings } from '../settings/settings.js';
import { OwnedPartitions, SolePartition } from './owned.partitions.js';

/** Whether this process is one of several, and what it decides for. */
@Module({})
export class ClusterModule {
  static forRoot(_settings: Settings): DynamicModule {
    return {
      module: ClusterModule,
      global: true,
      providers: [{ provide: OwnedPartitions, useClass: SolePartition }],
      exports: [OwnedPartitions],
    };
  }
}
