import { Module } from '@nestjs/common';
import { HealthModule } from '@vitals/health';
import { memoryCheck } from '@vitals/health/checks/memory';
import { ReadingsController } from './readings.controller.js';
import { ReadingsStore } from './readings.store.js';

@Module({
  imports: [HealthModule.forRoot({ appId: 'readings', drain: process.env.DRAIN ?? '5s' })],
  controllers: [ReadingsController],
  providers: [ReadingsStore, memoryCheck({ kinds: ['liveness'] })],
})
export class AppModule {}
