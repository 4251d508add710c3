import { Module } from '@nestjs/common';
import { HeartbeatRoute } from './heartbeat.route.js';
import { HeartbeatsService } from './heartbeats.service.js';
import { InfoController } from './info.controller.js';

/** Both halves of the dual heartbeat. */
@Module({
  controllers: [InfoController],
  providers: [HeartbeatsService, HeartbeatRoute],
})
export class HeartbeatsModule {}
