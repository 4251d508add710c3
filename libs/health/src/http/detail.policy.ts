import { Inject, Injectable, Logger, type OnModuleInit, Optional } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { HealthDetail } from '@vitals/core/health';
import { Clock } from '@vitals/core/time';
import { textOf } from '../error-text.js';
import { answerWithinMs, HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from '../health.module-options.js';
import { HealthAccess, type HealthRequest } from './health.access.js';

/** A probe has a second by default, and its checks need most of it. */
const MAX_ASKED_MS = 150;

/** Decides how much an answer tells, by who asks. */
@Injectable()
export class DetailPolicy implements OnModuleInit {
  private readonly logger = new Logger('Health');
  private access: HealthAccess | undefined;

  constructor(
    private readonly modules: ModuleRef,
    private readonly clock: Clock,
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

  /** Whether everybody is told names at least; how much else somebody is told makes no difference to it. */
  get tellsNames(): boolean {
    return this.options.detail !== 'status';
  }

  /** How much a caller is told; a promise only if the app has to be asked. */
  detailFor({ local, caller }: HealthRequest): HealthDetail | Promise<HealthDetail> {
    const { detail = 'auto' } = this.options;
    if (detail !== 'auto') return detail;
    if (local) return 'full';
    return this.access ? this.ask(this.access, caller()) : 'names';
  }

  /** Who does not answer in time has not accepted: a probe must not wait for a store of sessions. */
  private ask(access: HealthAccess, caller: ReturnType<HealthRequest['caller']>): Promise<HealthDetail> {
    return new Promise((resolve) => {
      const longestMs = Math.min(MAX_ASKED_MS, answerWithinMs(this.options) ?? MAX_ASKED_MS);
      const cancel = this.clock.after(longestMs, () => resolve('names'));
      const accepted = async (): Promise<boolean> => access.accepts(caller);
      accepted()
        .then((accepts) => resolve(accepts === true ? 'full' : 'names'))
        .catch((error: unknown) => {
          this.logger.error('HealthAccess failed', textOf(error));
          resolve('names');
        })
        .finally(cancel);
    });
  }
}
