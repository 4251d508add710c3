import { Module } from '@nestjs/common';
import { DiscoveryModule, ModulesContainer } from '@nestjs/core';
import { Intervals } from './intervals.js';
import { Shutdown } from './shutdown.js';

/** Before any hook of another module, that of the libraries too: Nest calls them by distance from the root. */
const NEAREST = -2;

/** The end of the process in one order; Nest's first hook of a shutdown only sets it off. */
@Module({ imports: [DiscoveryModule], providers: [Shutdown, Intervals] })
export class ShutdownModule {
  constructor(modules: ModulesContainer) {
    for (const module of modules.values()) if (module.metatype === ShutdownModule) module.distance = NEAREST;
  }
}
