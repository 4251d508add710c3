import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { isClustered } from '../cluster/cluster.times.js';
import type { Settings } from '../settings/settings.js';
import { BeatListener } from './beat.listener.js';
import { BeatReceiver, LocalBeats } from './beat.receiver.js';
import { ClusterBeats } from './cluster/cluster.beats.js';
import { ClusterLife } from './cluster/cluster.life.js';
import { FollowedHeartbeats } from './cluster/followed.heartbeats.js';
import { HeardBuffer } from './cluster/heard.buffer.js';
import { HeartbeatOutbox } from './cluster/heartbeat.outbox.js';
import { UnwrittenReturns } from './cluster/unwritten.returns.js';
import { HeartbeatsService } from './heartbeats.service.js';
import { InfoController } from './info.controller.js';
import { ReportBuffer } from './report.buffer.js';

const LOCAL: Provider[] = [ReportBuffer, { provide: BeatReceiver, useClass: LocalBeats }];

const CLUSTERED: Provider[] = [
  HeardBuffer,
  HeartbeatOutbox,
  FollowedHeartbeats,
  UnwrittenReturns,
  { provide: BeatReceiver, useClass: ClusterBeats },
  ClusterLife,
];

/** Both halves of the dual heartbeat. */
@Module({})
export class HeartbeatsModule {
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: HeartbeatsModule,
      controllers: [InfoController],
      providers: [HeartbeatsService, BeatListener, ...(isClustered(settings) ? CLUSTERED : LOCAL)],
    };
  }
}
