import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { discover } from '@vitals/core/options';
import type { HealthComponentOptions, HealthOptions } from '../declaration/health.options.js';
import { checksOf, componentOf } from '../declaration/health-metadata.accessor.js';

/** A method that was declared as a check. */
export interface DiscoveredCheck {
  readonly instance: object;
  /** Name of the class. */
  readonly owner: string;
  readonly module: string;
  /** What its module provides it as: the name of a class, else the token itself. */
  readonly token: string;
  readonly method: string | symbol;
  readonly options: HealthOptions;
}

/** A provider that was declared as a component. */
export interface DiscoveredComponent {
  readonly instance: object;
  readonly options: HealthComponentOptions;
}

/** A declaration that cannot be honoured, and why, for a person to read. */
export interface RefusedDeclaration {
  readonly owner: string;
  readonly prototype: object;
  readonly methods: readonly (string | symbol)[];
  readonly reason: string;
}

/** What a walk over the container found; nothing was acted upon yet. */
export interface Discovery {
  readonly checks: readonly DiscoveredCheck[];
  readonly components: readonly DiscoveredComponent[];
  readonly refused: readonly RefusedDeclaration[];
}

/** Walks the container and returns plain records of what is declared in it; it does not act. */
@Injectable()
export class HealthExplorer {
  constructor(private readonly discovery: DiscoveryService) {}

  explore(): Discovery {
    const checks: DiscoveredCheck[] = [];
    const components: DiscoveredComponent[] = [];
    const refused: RefusedDeclaration[] = [];
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    for (const { wrapper, prototype, owner: ownClass, scopeFault } of discover(wrappers)) {
      const declared = checksOf(prototype);
      const component = ownClass && componentOf(ownClass);
      if (declared.size === 0 && !component) continue;
      const owner = ownClass?.name ?? String(wrapper.name);
      const instance = scopeFault === undefined ? (wrapper.instance as object) : prototype;
      // one without an instance cannot be pinged, and is named all the same
      if (component) components.push({ instance, options: component });
      if (scopeFault !== undefined) {
        refused.push({ owner, prototype, methods: [...declared.keys()], reason: scopeFault });
        continue;
      }
      const module = wrapper.host?.name ?? '';
      const token = typeof wrapper.token === 'function' ? wrapper.token.name : String(wrapper.token);
      for (const [method, options] of declared)
        checks.push({ instance, owner, module, token, method, options });
    }
    return { checks, components, refused };
  }
}

/** `Class#method`. */
export function placeOf({ owner, method }: Pick<DiscoveredCheck, 'owner' | 'method'>): string {
  return `${owner}#${String(method)}`;
}
