import { Module } from '@nestjs/common';
import { LightCheckView } from '../light/light-check.view.js';
import { LightChecksController } from '../light/light-checks.controller.js';
import { CheckHistoryController } from './history/check-history.controller.js';
import { CheckOrder } from './check.order.js';
import { CheckView } from './view/check.view.js';
import { ChecksController } from './checks.controller.js';

/** What is told of checks over HTTP: the project's own calls, and those of light-controller. */
@Module({
  controllers: [ChecksController, CheckHistoryController, LightChecksController],
  providers: [CheckOrder, CheckView, LightCheckView],
})
export class ChecksApiModule {}
