import { Module } from '@nestjs/common';
import { TransitionLog } from './transition.log.js';
import { TransitionsController } from './transitions.controller.js';

/** What was decided, and who is told. */
@Module({
  controllers: [TransitionsController],
  providers: [TransitionLog],
})
export class TransitionsModule {}
