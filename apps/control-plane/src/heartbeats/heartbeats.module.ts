import { Module } from '@nestjs/common';
import { BeatListener } from './beat.listener.js';
import { HeartbeatsService } from './heartbeats.service.js';
import { InfoController } from './info.controller.js';
import { ReportBuffer } from './report.buffer.js';

/** Both halves of the dual heartbeat. */
@Module({ controllers: [InfoController], providers: [HeartbeatsService, BeatListener, ReportBuffer] })
export class HeartbeatsModule {}
