import { Module } from '@nestjs/common';
import { PlacementController } from './placement.controller.js';

/** Where work may go. */
@Module({ controllers: [PlacementController] })
export class PlacementModule {}
