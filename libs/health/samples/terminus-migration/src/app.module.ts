import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthModule } from '@vitals/health';
import { AfterHealth } from './after.health.js';
import { BeforeController } from './before.controller.js';
import { PrinterIndicator } from './printer.indicator.js';

/** Both at once, to compare: what there was is at `/terminus`, what takes its place at `/health`. */
@Module({
  imports: [TerminusModule, HealthModule.forRoot({ appId: 'printing', drain: process.env.DRAIN ?? '5s' })],
  controllers: [BeforeController],
  providers: [PrinterIndicator, AfterHealth],
})
export class AppModule {}
