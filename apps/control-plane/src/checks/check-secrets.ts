import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type CheckDefinition, type TargetSecret, withSecrets } from '@vitals/core/check';
import { VitalsError } from '@vitals/core/errors';
import { Database } from '../database/database.js';
import { Journal } from '../database/journal.js';
import { isRecord } from '../http/members.js';
import { isReference } from '../settings/secret-settings.js';
import type { Check } from './check.js';
import { CheckDirectory } from './check.directory.js';
import { checkDefined, CHECKS, type StoredCheck } from './check.rows.js';
import { SecretBox } from './secret-box.js';

/** Checks that are written at a time. */
const SLICE = 250;

/**
 * Encrypts what targets of checks hold of credentials on its way to the store, and decrypts it on its way back.
 * Without a key it is kept as it is. References to the environment are no secrets, and are kept as they are.
 */
export class CheckSecrets {
  private readonly box: SecretBox;
  private readonly outdated = new Set<number>();
  private readonly unopened = { 'other-key': new Set<number>(), changed: new Set<number>() };

  /**
   * @param keys of `VITALS_SECRET_KEY`: the first one encrypts, all of them decrypt
   * @param journal has what it writes encrypted
   */
  constructor(
    private readonly keys: readonly string[] = [],
    journal?: Journal,
  ) {
    this.box = new SecretBox(keys);
    journal?.sealBy(checkDefined, {
      seal: (defined) => ({ ...defined, check: this.seal(defined.check) }),
      open: (defined) => ({ ...defined, check: this.open(defined.check) }),
    });
  }

  /** The check as it is written. */
  seal(check: StoredCheck): StoredCheck {
    if (!this.box.seals) return check;
    return replaced(check, ({ value, pointer }): unknown => {
      if (typeof value !== 'string' || isReference(value)) return value;
      return { sealed: this.box.seal(value, contextOf(check, pointer)) };
    });
  }

  /** The check as it was before it was written; what cannot be opened is noted. */
  open(check: StoredCheck): StoredCheck {
    return replaced(check, ({ value, pointer }) => {
      if (!isSealed(value)) {
        if (this.box.seals && !isReference(value)) this.outdated.add(check.key);
        return value;
      }
      const opened = this.box.open(value.sealed, contextOf(check, pointer));
      if ('failure' in opened) {
        this.unopened[opened.failure].add(check.key);
        return '';
      }
      if (!opened.isCurrent) this.outdated.add(check.key);
      return opened.text;
    });
  }

  /** The keys of the checks that are not kept encrypted with the first key; once. */
  takeOutdated(): ReadonlySet<number> {
    const outdated = new Set(this.outdated);
    this.outdated.clear();
    return outdated;
  }

  /** @throws VitalsError `settings-invalid` if something could not be opened; it says of how many checks */
  assertOpened(): void {
    const { 'other-key': otherKey, changed } = this.unopened;
    if (otherKey.size > 0) {
      const given =
        this.keys.length === 0
          ? 'it is not set'
          : 'none of its keys is the one that they were encrypted with';
      const detail = `the database holds encrypted secrets of ${count(otherKey.size)}, and ${given}; set VITALS_SECRET_KEY as it was, or put the old key behind the new one, separated by a comma`;
      throw new VitalsError('settings-invalid', `VITALS_SECRET_KEY: ${detail}`);
    }
    if (changed.size > 0) {
      const detail = `the encrypted secrets of ${count(changed.size)} were changed or moved in the database, or belong to a newer version; restore it from a backup`;
      throw new VitalsError('settings-invalid', `DATABASE_URL: ${detail}`);
    }
  }
}

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
    private readonly database: Database,
  ) {}

  /** @throws VitalsError `store-unavailable`; nothing is lost then, and the next start tries again */
  async onApplicationBootstrap(): Promise<void> {
    const outdated = this.secrets.takeOutdated();
    const checks = [...this.directory.all()].filter(({ key }) => outdated.has(key));
    if (checks.length === 0) return;
    for (let start = 0; start < checks.length; start += SLICE) {
      const slice = checks.slice(start, start + SLICE);
      await Promise.all(slice.map((check) => this.directory.turns.take(check.id, () => this.renew(check))));
    }
    // until then the file still has what was written over
    await this.database.compact(CHECKS);
    this.logger.log(`the secrets of ${checks.length} checks are encrypted with the first key now`);
  }

  private async renew(check: Check): Promise<void> {
    const decide = () => checkDefined({ check: check.stored(), sinceMs: check.sinceMs, mustExist: true });
    await this.journal.commit(decide).catch((error: unknown) => {
      // one that is gone has none any more
      if (!(error instanceof VitalsError) || error.code !== 'check-not-found') throw error;
    });
  }
}

function replaced(check: StoredCheck, replace: (secret: TargetSecret) => unknown): StoredCheck {
  const target = withSecrets(check.definition.target, replace);
  if (target === check.definition.target) return check;
  const definition: CheckDefinition = { ...check.definition, target };
  return { ...check, definition };
}

/** One row and one member: what is moved to another does not open there. */
function contextOf({ key, definition }: StoredCheck, pointer: string): string {
  return JSON.stringify(['check', key, definition.id, pointer]);
}

/** What is kept in place of a secret is an object, which no secret is: no text can be taken for one. */
function isSealed(value: unknown): value is { readonly sealed: string } {
  return isRecord(value) && typeof value['sealed'] === 'string';
}

function count(checks: number): string {
  return checks === 1 ? 'one check' : `${checks} checks`;
}
