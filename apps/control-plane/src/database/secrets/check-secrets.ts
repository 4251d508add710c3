import { VitalsError } from '@vitals/core/errors';
import { type CheckDefinition, type TargetSecret, withSecrets } from '@vitals/core/check';
import { isReference } from '../../settings/secret-settings.js';
import type { Change } from '../change.js';
import type { StoredCheck } from '../check.change.js';
import { SecretBox } from './secret-box.js';

/** What is kept in place of a secret: an object, which no secret is, so that no text can be taken for one. */
interface Sealed {
  readonly sealed: string;
}

/**
 * Encrypts what targets of checks hold of credentials on its way to the store, and decrypts it on its way back.
 * Without a key it is kept as it is. References to the environment are no secrets, and are kept as they are.
 */
export class CheckSecrets {
  private readonly box: SecretBox;
  private readonly outdated = new Set<number>();
  private readonly unopened = { 'other-key': new Set<number>(), changed: new Set<number>() };

  /** @param keys of `VITALS_SECRET_KEY`: the first one encrypts, all of them decrypt */
  constructor(private readonly keys: readonly string[] = []) {
    this.box = new SecretBox(keys);
  }

  /** The change as it is written. */
  sealChange(change: Change): Change {
    if (!this.box.seals) return change;
    if (change.kind === 'check') return { ...change, check: this.seal(change.check) };
    if (change.kind !== 'together') return change;
    return { ...change, changes: change.changes.map((each) => this.sealChange(each)) };
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

  private seal(check: StoredCheck): StoredCheck {
    return replaced(check, ({ value, pointer }): unknown => {
      if (typeof value !== 'string' || isReference(value)) return value;
      return { sealed: this.box.seal(value, contextOf(check, pointer)) } satisfies Sealed;
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

function isSealed(value: unknown): value is Sealed {
  return typeof value === 'object' && value !== null && typeof (value as Sealed).sealed === 'string';
}

function count(checks: number): string {
  return checks === 1 ? 'one check' : `${checks} checks`;
}
