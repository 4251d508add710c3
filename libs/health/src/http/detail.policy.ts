import { Inject, Injectable, Logger, type OnModuleInit, Optional } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { HealthDetail } from '@vitals/core/health';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from '../health.module-options.js';
import { HealthAccess } from './health.access.js';
import type { HealthRequest } from './health.responder.js';

/** Decides how much an answer tells, by who asks. */
@Injectable()
export class DetailPolicy implements OnModuleInit {
  private readonly logger = new Logger('Health');
  private access: HealthAccess | undefined;

  constructor(
    private readonly modules: ModuleRef,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) private readonly options: HealthModuleOptions = {},
  ) {}

  onModuleInit(): void {
    try {
      this.access = this.modules.get(HealthAccess, { strict: false });
    } catch {
      this.access = undefined; // the app provides none
    }
  }

  /** Whether it depends on who asks how much they are told. */
  get asksWho(): boolean {
    return this.access !== undefined && (this.options.detail ?? 'auto') === 'auto';
  }

  /** How much a caller is told; a promise only if the app has to be asked. */
  detailFor({ local, caller }: HealthRequest): HealthDetail | Promise<HealthDetail> {
    const { detail = 'auto' } = this.options;
    if (detail !== 'auto') return detail;
    if (local) return 'full';
    return this.access ? this.ask(this.access, caller()) : 'names';
  }

  private async ask(
    access: HealthAccess,
    caller: ReturnType<HealthRequest['caller']>,
  ): Promise<HealthDetail> {
    try {
      return (await access.accepts(caller)) === true ? 'full' : 'names';
    } catch (error) {
      this.logger.error('HealthAccess failed', error instanceof Error ? error.stack : String(error));
      return 'names';
    }
  }
}
