import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DatabaseComponent } from './database.component.js';
import { EventLoopComponent } from './event-loop.component.js';

/** The health of the control plane itself: its database and its event loop. */
@Module({
  imports: [TerminusModule],
  providers: [DatabaseComponent, EventLoopComponent],
})
export class ComponentsModule {}
