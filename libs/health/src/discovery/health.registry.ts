import { Injectable } from '@nestjs/common';
import { type Check, type CheckSeries, type HealthKind, namesOf } from '@vitals/core/health';
import { refuse } from '@vitals/core/options';
import type { HealthComponentOptions, HealthOptions } from '../declaration/health.options.js';
import { readCheck } from './read-check.js';

/** A component, with the check that pings it if it has one. */
export interface RegisteredComponent extends HealthComponentOptions {
  readonly ping: Check | undefined;
  /** What it failed with when it was registered; it counts as failed for as long as it has no ping. */
  readonly error?: unknown;
}

/** Which checks are meant; what is absent does not narrow. */
export interface CheckSelector {
  readonly kind?: HealthKind;
  readonly group?: string;
  /** Checks that have all of these. */
  readonly tags?: readonly string[];
}

/** What happened to a registered check; `replaced` means that it does something else from now on. */
export type RegistryEvent = 'registered' | 'replaced' | 'removed';

/** Holds the checks and components of an app by identity, in the order in which they were registered. */
@Injectable()
export class HealthRegistry {
  private readonly checks = new Map<string, Check>();
  private readonly runs = new Map<string, Check['run']>();
  private readonly reportedNames = new Map<string, string>();
  private readonly componentsByKey = new Map<string, RegisteredComponent>();
  private readonly selections = new Map<string, readonly Check[]>();
  private readonly listeners: ((event: RegistryEvent, check: Check) => void)[] = [];

  /**
   * Adds a check, at boot or later.
   * @param series what its metrics are labelled with; for parts of the library
   * @throws VitalsError `declaration-invalid` if its identity is taken, or if an option cannot be honoured
   */
  register(id: string, options: HealthOptions, run: Check['run'], series?: CheckSeries): Check {
    const check = readCheck(id, options, (context) => (this.runs.get(check.id) ?? run)(context), series);
    if (this.checks.has(check.id))
      refuse(`two health checks have the id ${JSON.stringify(check.id)}; give each its own`);
    if (options.component) this.registerComponent(options.component, check);
    this.checks.set(check.id, check);
    this.tell('registered', check);
    return check;
  }

  /** Takes a check out, with the component that it pings; returns whether it was there. */
  remove(id: string): boolean {
    const check = this.checks.get(id);
    if (!check) return false;
    for (const [key, component] of this.componentsByKey)
      if (component.ping === check) this.componentsByKey.delete(key);
    this.checks.delete(id);
    this.runs.delete(id);
    this.reportedNames.delete(id);
    this.tell('removed', check);
    return true;
  }

  /**
   * Lets a check do something else; its identity, options and what was told of it stay.
   * @returns what puts back what it did before
   * @throws VitalsError `declaration-invalid` if there is no such check
   */
  replace(id: string, run: Check['run']): () => void {
    const check = this.checks.get(id);
    if (!check) return refuse(`there is no health check ${JSON.stringify(id)}`);
    const before = this.runs.get(id);
    this.runs.set(id, run);
    this.tell('replaced', check);
    return () => {
      if (this.runs.get(id) !== run) return;
      if (before) this.runs.set(id, before);
      else this.runs.delete(id);
      this.tell('replaced', check);
    };
  }

  /**
   * Adds a component, or its ping if it was there without one. One that could not be set up is registered with
   * its `error`: it failed, which is more than having no ping.
   * @throws VitalsError `declaration-invalid` if its type and name are taken
   */
  registerComponent(component: HealthComponentOptions, ping?: Check, error?: unknown): void {
    const { name, type, critical } = component;
    const key = JSON.stringify([type, name]);
    const known = this.componentsByKey.get(key);
    if (known && (known.ping || !(ping || error))) {
      const pings = [known.ping, ping].flatMap((check) => check?.id ?? []);
      const owners = pings.length === 2 ? `: ${pings.join(' and ')}` : '';
      refuse(
        `two components have the type ${type} and the name ${name}${owners}; identity is both together, give one of them another name`,
      );
    }
    const registered = { name, type, critical: critical ?? known?.critical };
    this.componentsByKey.set(key, { ...registered, ping, ...(!ping && error !== undefined && { error }) });
  }

  /** Takes a component out, and leaves the check that pings it; returns whether it was there. */
  removeComponent(type: string, name: string): boolean {
    return this.componentsByKey.delete(JSON.stringify([type, name]));
  }

  /** A check by its identity. */
  get(id: string): Check | undefined {
    return this.checks.get(id);
  }

  /** Notes the name under which a check was reported; for parts of the library. */
  noteName(id: string, name: string): void {
    if (this.checks.has(id)) this.reportedNames.set(id, name);
  }

  /** The name under which a check was last reported; `undefined` if it never ran. */
  reportedName({ id }: Pick<Check, 'id'>): string | undefined {
    return this.reportedNames.get(id);
  }

  /** Checks that this name means: by identity, declared name, or the name under which they were last reported. */
  named(name: string, selector?: CheckSelector): Check[] {
    return this.select(selector).filter((check) => namesOf(check, this.reportedName(check)).includes(name));
  }

  /** Checks that are meant, in the order of their registration. */
  select({ kind, group, tags = [] }: CheckSelector = {}): readonly Check[] {
    const everything = kind === undefined && group === undefined && tags.length === 0;
    const key = everything ? '' : JSON.stringify([kind, group, tags]);
    const known = this.selections.get(key);
    if (known) return known;
    const selected = [...this.checks.values()].filter(
      (check) =>
        (kind === undefined || check.kinds.includes(kind)) &&
        (group === undefined || check.groups.includes(group)) &&
        tags.every((tag) => check.tags.includes(tag)),
    );
    if (selected.length > 0 || everything) this.selections.set(key, selected);
    return selected;
  }

  hasGroup(group: string): boolean {
    return this.select({ group }).length > 0;
  }

  components(): RegisteredComponent[] {
    return [...this.componentsByKey.values()];
  }

  /** Calls `listener` at once on everything that happens to a check; for parts of the library. */
  onChange(listener: (event: RegistryEvent, check: Check) => void): void {
    this.listeners.push(listener);
  }

  private tell(event: RegistryEvent, check: Check): void {
    this.selections.clear();
    for (const listener of this.listeners) listener(event, check);
  }
}
