import { Injectable, type OnModuleInit } from '@nestjs/common';
import { recoverCheck, startCheck } from '@vitals/core/check';
import { RunningClock } from '@vitals/core/time';
import { CheckStore } from '../database/check.store.js';
import type { CheckRecord } from '../../../../src/health/metrics/check-metrics.js';
import { CheckSecrets } from '../database/secrets/check-secrets.js';
import { ServiceDirectory } from '../services/service.directory.js';
import { ServiceRecovery } from '../services/service.recovery.js';
import { Check, type CheckBeginning } from './check.js';
import { CheckDirectory } from './check.directory.js';

/** Takes the checks of before a restart back, before anything else is served. */
@Injectable()
export class CheckRecovery implements OnModuleInit {
  constructor(
    private readonly store: CheckStore,
    private readonly recovered: ServiceRecovery,
    private readonly services: ServiceDirectory,
    private readonly directory: CheckDirectory,
    private readonly running: RunningClock,
    private readonly secrets: CheckSecrets = new CheckSecrets(),
  ) {}

  /** @throws VitalsError `settings-invalid` if a check has secrets that no key opens */
  async onModuleInit(): Promise<void> {
    await this.recovered.read();
    for await (const records of this.store.checks())
      for (const { check, state } of records) this.takeBack({ check: this.secrets.open(check), state });
    this.secrets.assertOpened();
  }

  private takeBack(record: CheckRecord): void {
    const { check: stored } = record;
    const service = stored.serviceKey === undefined ? undefined : this.services.ofKey(stored.serviceKey);
    const check = new Check(stored, service, this.beginningOf(record));
    this.directory.add(check);
    if (!service) return;
    service.critical = check.state.verdict === 'Critical';
    this.services.noteChange(service);
  }

  private beginningOf({
    check: { definition },
    state: { status, sinceMs, progress },
  }: CheckRecord): CheckBeginning {
    const nowMs = this.running.nowMs();
    const inMaintenance = status === 'Maintenance';
    if (progress) {
      const { executeIntervalMs, failingForMs, failures, successes, verdict } = progress;
      // the status is written with every transition, the progress now and then: the status decides
      const decided = inMaintenance ? verdict : status;
      const kept = { executeIntervalMs, failingForMs, failures, successes, verdict: decided, inMaintenance };
      return { state: recoverCheck(kept, definition, nowMs), sinceMs, progress };
    }
    return { state: startCheck(definition, nowMs), sinceMs };
  }
}
