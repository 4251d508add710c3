import { Module } from '@nestjs/common';
import { PlacementController } from './placement.controller.js';
import { PlacementService } from './placement.service.js';
import { ReservationsController } from './reservations.controller.js';
import { ReservationsService } from './reservations.service.js';

/** Where work may go. */
@Module({
  controllers: [PlacementController, ReservationsController],
  providers: [PlacementService, ReservationsService],
})
export class PlacementModule {}
