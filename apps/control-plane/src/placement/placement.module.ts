import { Module } from '@nestjs/common';
import { PlacementController } from './placement.controller.js';
import { PlacementService } from './placement.service.js';
import { PlacementView } from './placement.view.js';
import { ReservationsController } from './reservations/reservations.controller.js';
import { ReservationsService } from './reservations/reservations.service.js';

/** Where work may go. */
@Module({
  controllers: [PlacementController, ReservationsController],
  providers: [PlacementService, PlacementView, ReservationsService],
})
export class PlacementModule {}
