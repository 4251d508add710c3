import { Injectable, Module } from '@nestjs/common';
import { DiscoveryModule, ModulesContainer } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Shutdown } from './shutdown.js';
import { AtShutdown } from './stages.js';

/** Ends every `@Interval` of the app: Nest's own would go on until after the port is closed. */
@Injectable()
export class Intervals {
  constructor(private readonly registry: SchedulerRegistry) {}

  @AtShutdown('stop-judging')
  stop(): void {
    for (const name of this.registry.getIntervals()) this.registry.deleteInterval(name);
  }
}

/** Before any hook of another module, that of the libraries too: Nest calls them by distance from the root. */
const NEAREST = -2;

/** The end of the process in one order; Nest's first hook of a shutdown only sets it off. */
@Module({ imports: [DiscoveryModule], providers: [Shutdown, Intervals] })
export class ShutdownModule {
  constructor(modules: ModulesContainer) {
    for (const module of modules.values()) if (module.metatype === ShutdownModule) module.distance = NEAREST;
  }
}
