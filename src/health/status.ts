import { redactFact } from './redact.js';

/** What a check found. `DEGRADED` still answers requests, but not as well as it should. */
export type HealthState = 'UP' | 'DEGRADED' | 'DOWN';

/** What wire formats can carry as a value. */
export type Attribute = string | number | boolean;

/** Named facts about a result, in the order in which they were added. */
export type Attributes = Readonly<Record<string, Attribute>>;

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

  /** Starts a status that is reported under `name`; it is `UP` until told otherwise. */
  static named(name: string): HealthStatus {
    return new HealthStatus(name, 'UP', undefined, {});
  }

  /** A status under the name that the check was declared with. */
  static up(): HealthStatus {
    return new HealthStatus(undefined, 'UP', undefined, {});
  }

  /** A status under the name that the check was declared with; `reason` is for people. */
  static degraded(reason?: string): HealthStatus {
    return new HealthStatus(undefined, 'DEGRADED', reason, {});
  }

  /** A status under the name that the check was declared with; `reason` is for people. */
  static down(reason?: string): HealthStatus {
    return new HealthStatus(undefined, 'DOWN', reason, {});
  }

  up(): HealthStatus {
    return new HealthStatus(this.name, 'UP', undefined, this.attributes);
  }

  degraded(reason?: string): HealthStatus {
    return new HealthStatus(this.name, 'DEGRADED', reason, this.attributes);
  }

  down(reason?: string): HealthStatus {
    return new HealthStatus(this.name, 'DOWN', reason, this.attributes);
  }

  /** Adds a fact; a second value under the same key replaces the first. See `toAttribute` for other types. */
  withAttribute(key: string, value: unknown): HealthStatus {
    const attributes = { ...this.attributes, [key]: toAttribute(value) };
    return new HealthStatus(this.name, this.state, this.reason, attributes);
  }
}

/** What a wire format can carry for any value: objects as JSON, numbers that JSON lacks as text. */
export function toAttribute(value: unknown): Attribute {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'object' && value !== null) {
    try {
      return JSON.stringify(value, redactFact) ?? Object.prototype.toString.call(value);
    } catch {
      return Object.prototype.toString.call(value);
    }
  }
  return String(value);
}
