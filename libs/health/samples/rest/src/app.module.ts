import { Module } from '@nestjs/common';
import { HealthModule } from '@vitals/health';
import { diskCheck } from '@vitals/health/checks/disk';
import { eventLoopCheck } from '@vitals/health/checks/event-loop';
import { OrdersController } from './orders.controller.js';
import { OrdersService } from './orders.service.js';

@Module({
  imports: [HealthModule.forRoot({ appId: 'orders', drain: process.env.DRAIN ?? '5s' })],
  controllers: [OrdersController],
  providers: [
    OrdersService,
    diskCheck({ kinds: ['readiness'], minFree: '10MB', warnFree: '1%' }),
    eventLoopCheck({ kinds: ['liveness'] }),
  ],
})
export class AppModule {}
