import { Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { AvailabilityState, BOOTSTRAP_TARGET } from './availability-state.js';
import { Drain } from './drain.js';

/** Nearer to the root than any module of the app, which has 1 itself, and than those of other libraries that do so. */
const NEAREST = -1;

/**
 * Switches readiness on after every other module has bootstrapped, and drains before any other is destroyed.
 * Nest calls hooks by distance from the root, and those of a global module the other way round: readiness would
 * stay `UP` while the app's own hooks already close what its requests need.
 */
@Module({})
export class LifecycleModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    private readonly availability: AvailabilityState,
    private readonly drain: Drain,
    modules: ModulesContainer,
  ) {
    for (const module of modules.values()) if (module.metatype === LifecycleModule) module.distance = NEAREST;
  }

  onApplicationBootstrap(): void {
    this.availability.target(BOOTSTRAP_TARGET).ready();
    this.drain.expectSignals();
  }

  async onModuleDestroy(): Promise<void> {
    await this.drain.begin();
  }
}
