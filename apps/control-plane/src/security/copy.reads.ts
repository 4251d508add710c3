import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { ReadAge } from '../database/read.age.js';
import { frontOf } from '../http/node/front.js';
import type { SharedMemory } from '../http/reads.js';
import { SecondLookInterceptor } from './second.look.interceptor.js';
import { SecondLook } from './second.look.js';

/**
 * Answers of a process that shares its database: they tell their age, and none is a refusal only because memory is
 * behind. Where nobody shares it, no request passes anything of this.
 */
@Injectable()
export class CopyReads implements OnModuleInit, SharedMemory {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly age: ReadAge,
    private readonly secondLook: SecondLook,
    config: ApplicationConfig,
  ) {
    // routes are made before modules are told to begin
    if (secondLook.isNeeded) config.useGlobalInterceptors(new SecondLookInterceptor(secondLook));
  }

  onModuleInit(): void {
    if (this.secondLook.isNeeded) frontOf(this.host).reads.shared = this;
  }

  get lagMs(): number {
    return this.age.ms ?? 0;
  }

  caughtUp(): Promise<void> {
    return this.secondLook.caughtUp();
  }
}
