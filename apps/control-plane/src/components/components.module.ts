import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DatabaseComponent } from './database.component.js';
import { EventLoopComponent } from './event-loop.component.js';

/** What the control plane itself depends on, so that its own healthz says something true. */
@Module({
  imports: [TerminusModule],
  providers: [DatabaseComponent, EventLoopComponent],
})
export class ComponentsModule {}
