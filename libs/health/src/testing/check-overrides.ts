import { type Check, namesOf } from '@vitals/core/health';
import { didYouMean } from '@vitals/core/nearest-name';
import { refuse } from '@vitals/core/options';
import type { HealthRegistry } from '../discovery/health.registry.js';

interface Override {
  readonly name: string;
  readonly run: Check['run'];
}

/** What checks do instead of what they were declared to do; of several overrides of a check the last one holds. */
export class CheckOverrides {
  private readonly overrides: Override[] = [];
  private readonly undoById = new Map<string, () => void>();
  private registry: HealthRegistry | undefined;
  private complete = false;

  /** Overrides the checks of this registry, those included that are registered later. */
  attach(registry: HealthRegistry): void {
    this.registry = registry;
    registry.onChange((event, check) => {
      if (event === 'registered') this.apply(check);
      if (event === 'removed') this.undoById.delete(check.id);
    });
  }

  /** From now on all declared checks are registered. @throws VitalsError if an override is of none of them */
  declareComplete(): void {
    this.complete = true;
    for (const { name } of this.overrides) this.find(name);
  }

  /**
   * @returns what takes this override back, in whatever order, and once only
   * @throws VitalsError if all declared checks are registered and this is none of them
   */
  add(name: string, run: Check['run']): () => void {
    if (this.complete) this.find(name);
    const override = { name, run };
    this.overrides.push(override);
    this.applyTo(name);
    return () => {
      const at = this.overrides.indexOf(override);
      if (at < 0) return;
      this.overrides.splice(at, 1);
      this.applyTo(name);
    };
  }

  /** Takes back all overrides. */
  clear(): void {
    for (const { name } of this.overrides.splice(0)) this.applyTo(name);
  }

  /**
   * The check that this name means; of several the one whose identity it is.
   * @throws VitalsError `declaration-invalid`, with those that there are, unless it is one
   */
  find(name: string): Check {
    const found = this.registry?.named(name) ?? [];
    const meant = found.length === 1 ? found[0] : found.find(({ id }) => id === name);
    if (meant) return meant;
    const asked = JSON.stringify(name);
    if (found.length > 1) {
      const ids = found.map(({ id }) => id).join(', ');
      refuse(`${asked} is the name of several health checks: ${ids}; give the identity`);
    }
    const known = this.registry?.select().map(describe) ?? [];
    const there = known.length > 0 ? `there are ${known.join(', ')}` : 'there are none yet';
    const names = (this.registry?.select() ?? []).flatMap((check) => [check.name ?? check.id, check.id]);
    const advice = [`there is no health check ${asked}`, there, didYouMean(name, names)].filter(Boolean);
    return refuse(advice.join('; '));
  }

  private applyTo(name: string): void {
    for (const check of this.registry?.named(name) ?? []) this.apply(check);
  }

  private apply(check: Check): void {
    const names = namesOf(check, this.registry?.reportedName(check));
    const override = this.overrides.findLast(({ name }) => names.includes(name));
    this.undoById.get(check.id)?.();
    this.undoById.delete(check.id);
    if (override && this.registry) this.undoById.set(check.id, this.registry.replace(check.id, override.run));
  }
}

function describe({ id, name }: Check): string {
  return name === undefined ? id : `${name} (${id})`;
}
