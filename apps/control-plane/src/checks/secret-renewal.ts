import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Change } from '../database/change.js';
import { ControlPlaneStore } from '../database/control-plane.store.js';
import { Journal } from '../database/journal.js';
import { CheckSecrets } from '../database/secrets/check-secrets.js';
import { CheckDirectory } from './check.directory.js';

/** Checks that are written at a time. */
const SLICE = 250;

/**
 * Encrypts with the first key what is kept otherwise: what was defined before there was a key, and what an older key
 * encrypted. Once at the start; after that the old key is not needed any more.
 */
@Injectable()
export class SecretRenewal implements OnApplicationBootstrap {
  private readonly logger = new Logger('Secrets');

  constructor(
    private readonly secrets: CheckSecrets,
    private readonly directory: CheckDirectory,
    private readonly journal: Journal,
    private readonly store: ControlPlaneStore,
  ) {}

  /** @throws VitalsError `store-unavailable`; nothing is lost then, and the next start tries again */
  async onApplicationBootstrap(): Promise<void> {
    const outdated = this.secrets.takeOutdated();
    const checks = [...this.directory.all()].filter(({ key }) => outdated.has(key));
    if (checks.length === 0) return;
    for (let start = 0; start < checks.length; start += SLICE) {
      const changes = checks
        .slice(start, start + SLICE)
        .map((check): Change => ({ kind: 'check', check: check.stored(), sinceMs: check.sinceMs }));
      await this.journal.commit({ kind: 'together', changes });
    }
    // until then the file still has what was written over
    await this.store.compact();
    this.logger.log(`the secrets of ${checks.length} checks are encrypted with the first key now`);
  }
}
