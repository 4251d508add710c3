import { VitalsError } from '../errors.js';
import { type Attributes, toAttribute } from './attribute.js';
import { failureReason } from './failure-reason.js';

export type { Attribute, Attributes } from './attribute.js';

/** What a check found. `DEGRADED` still answers requests, but not as well as it should. */
export type HealthState = 'UP' | 'DEGRADED' | 'DOWN';

/**
 * The result of a check, as MicroProfile's MP-0003 proposes it:
 * `HealthStatus.named('diskspace').up().withAttribute('freebytes', free)`. Immutable; every step returns a
 * new status.
 */
export class HealthStatus {
  private constructor(
    readonly name: string | undefined,
    readonly state: HealthState,
    readonly reason: string | undefined,
    readonly attributes: Attributes,
  ) {}

  /**
   * Starts a status that is reported under `name`. Until it is given a state it is `DOWN`, with a reason that says so:
   * a forgotten `.up()` must not pass for healthy.
   * @throws VitalsError `declaration-invalid` if the name is empty or no string
   */
  static named(name: string): HealthStatus {
    const reason = `HealthStatus.named(${JSON.stringify(assertName(name))}) has no state: call up(), degraded() or down() on it`;
    return new HealthStatus(name, 'DOWN', reason, {});
  }

  /** A status under the name that the check was declared with. */
  static up(): HealthStatus {
    return new HealthStatus(undefined, 'UP', undefined, {});
  }

  /** A status under the name that the check was declared with; `reason` is a text for people, or an error. */
  static degraded(reason?: unknown): HealthStatus {
    return new HealthStatus(undefined, 'DEGRADED', toReason(reason), {});
  }

  /** A status under the name that the check was declared with; `reason` is a text for people, or an error. */
  static down(reason?: unknown): HealthStatus {
    return new HealthStatus(undefined, 'DOWN', toReason(reason), {});
  }

  up(): HealthStatus {
    return new HealthStatus(this.name, 'UP', undefined, this.attributes);
  }

  degraded(reason?: unknown): HealthStatus {
    return new HealthStatus(this.name, 'DEGRADED', toReason(reason), this.attributes);
  }

  down(reason?: unknown): HealthStatus {
    return new HealthStatus(this.name, 'DOWN', toReason(reason), this.attributes);
  }

  /**
   * Adds a fact; a second value under the same key replaces the first, and null or undefined leaves the key out. A value
   * of any type is carried as one would read it: see `toAttribute`.
   */
  withAttribute(key: string, value: unknown): HealthStatus {
    const attribute = toAttribute(value);
    const { [key]: _replaced, ...others } = this.attributes;
    const attributes = attribute === undefined ? others : { ...this.attributes, [key]: attribute };
    return new HealthStatus(this.name, this.state, this.reason, attributes);
  }
}

/** @throws VitalsError `declaration-invalid` unless it is a text that is not blank */
export function assertName(name: unknown): string {
  if (typeof name === 'string' && name.trim() !== '') return name;
  const given = typeof name === 'string' ? JSON.stringify(name) : String(name);
  throw new VitalsError(
    'declaration-invalid',
    `HealthStatus.named(${given}): the name must be a string that is not empty; without a name of its own, use HealthStatus.up(), degraded() or down()`,
  );
}

/** A reason as text: of an error or another object, why it failed. */
export function toReason(reason: unknown): string | undefined {
  if (reason === undefined || reason === null) return undefined;
  return typeof reason === 'string' ? reason : failureReason(reason);
}
