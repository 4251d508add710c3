import { Injectable } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { type Check, HEALTH_KINDS, type HealthKind } from '@vitals/core/health';
import { type Duration, parseDuration } from '@vitals/core/time';
import type { HealthComponentOptions, HealthOptions } from '../declaration/health.options.js';

/** Fits a Kubernetes probe's default timeout of one second. */
const DEFAULT_TIMEOUT = '800ms';

/** A component, with the check that pings it if it has one. */
export interface RegisteredComponent extends HealthComponentOptions {
  readonly ping: Check | undefined;
}

/** Which checks are meant; what is absent does not narrow. */
export interface CheckSelector {
  readonly kind?: HealthKind;
  readonly group?: string;
  readonly tag?: string;
}

/** Holds the checks and components of an app by identity, in the order in which they were registered. */
@Injectable()
export class HealthRegistry {
  private readonly checks = new Map<string, Check>();
  private readonly componentsByKey = new Map<string, RegisteredComponent>();

  /**
   * Adds a check, at boot or later.
   * @throws VitalsError `declaration-invalid` if its identity is taken, if its timeout is none, if a kind is
   *   unknown, or if a liveness check depends on something outside the process
   */
  register(id: string, options: HealthOptions, run: Check['run']): Check {
    const check = toCheck(id, options, run);
    if (this.checks.has(check.id)) {
      throw new VitalsError(
        'declaration-invalid',
        `two health checks have the id ${JSON.stringify(check.id)}; give each its own`,
      );
    }
    this.checks.set(check.id, check);
    if (options.component) this.registerComponent(options.component, check);
    return check;
  }

  /** Takes a check out, with the component that it pings; returns whether it was there. */
  remove(id: string): boolean {
    const check = this.checks.get(id);
    for (const [key, component] of this.componentsByKey)
      if (check && component.ping === check) this.componentsByKey.delete(key);
    return this.checks.delete(id);
  }

  /**
   * Adds a component, or its ping if it was there without one.
   * @throws VitalsError `declaration-invalid` if its type and name are taken
   */
  registerComponent(component: HealthComponentOptions, ping: Check | undefined): void {
    const { name, type } = component;
    const key = JSON.stringify([type, name]);
    const known = this.componentsByKey.get(key);
    if (known && (known.ping || !ping)) {
      throw new VitalsError(
        'declaration-invalid',
        `two components have the type ${type} and the name ${name}; identity is both together`,
      );
    }
    this.componentsByKey.set(key, { name, type, ping });
  }

  /** A check by its identity. */
  get(id: string): Check | undefined {
    return this.checks.get(id);
  }

  /** Checks with this declared name or identity. */
  named(name: string): Check[] {
    return [...this.checks.values()].filter((check) => check.id === name || check.name === name);
  }

  select({ kind, group, tag }: CheckSelector = {}): Check[] {
    return [...this.checks.values()].filter(
      (check) =>
        (kind === undefined || check.kinds.includes(kind)) &&
        (group === undefined || check.groups.includes(group)) &&
        (tag === undefined || check.tags.includes(tag)),
    );
  }

  hasGroup(group: string): boolean {
    return this.select({ group }).length > 0;
  }

  components(): RegisteredComponent[] {
    return [...this.componentsByKey.values()];
  }
}

function toCheck(id: string, options: HealthOptions, run: Check['run']): Check {
  const kinds = options.kinds ?? [];
  const unknown = kinds.find((kind) => !HEALTH_KINDS.includes(kind));
  if (unknown !== undefined) {
    throw new VitalsError(
      'declaration-invalid',
      `health check ${id}: "${unknown}" is no kind; there are ${HEALTH_KINDS.join(', ')}`,
    );
  }
  if (options.external && kinds.includes('liveness')) {
    throw new VitalsError(
      'declaration-invalid',
      `health check ${id} is marked external and for liveness: when what it depends on fails, every instance would be restarted, and no restart would help. Make it a readiness check`,
    );
  }
  return {
    id: options.id ?? id,
    name: options.name,
    kinds,
    groups: options.groups ?? [],
    tags: options.tags ?? [],
    timeoutMs: readTimeout(id, options.timeout ?? DEFAULT_TIMEOUT),
    critical: options.critical ?? true,
    run,
  };
}

function readTimeout(id: string, timeout: Duration): number {
  try {
    return parseDuration(timeout);
  } catch (cause) {
    throw new VitalsError('declaration-invalid', `health check ${id}, timeout: ${(cause as Error).message}`, {
      cause,
    });
  }
}
