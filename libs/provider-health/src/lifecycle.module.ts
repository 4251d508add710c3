import { Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PollSchedule } from './checking/poll.schedule.js';

/** Nearer to the root than any module of the app: the root itself has 1. */
const NEAREST = 0;

/**
 * Begins to sweep after every other module has bootstrapped, and ends before any other is destroyed: a provider
 * that is not set up yet, or is being closed, is not unhealthy. Nest calls hooks by distance from the root, and
 * those of a global module the other way round.
 */
@Module({})
export class LifecycleModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    private readonly schedule: PollSchedule,
    modules: ModulesContainer,
  ) {
    for (const module of modules.values()) if (module.metatype === LifecycleModule) module.distance = NEAREST;
  }

  onApplicationBootstrap(): void {
    this.schedule.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.schedule.stop();
  }
}
