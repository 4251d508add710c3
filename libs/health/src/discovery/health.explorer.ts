import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { HealthComponentOptions, HealthOptions } from '../declaration/health.options.js';
import { checksOf, componentOf } from '../declaration/health-metadata.accessor.js';

/** The part of Nest's `InstanceWrapper` that discovery reads. */
type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

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
    const found = {
      checks: [] as DiscoveredCheck[],
      components: [] as DiscoveredComponent[],
      refused: [] as RefusedDeclaration[],
    };
    const seen = new Set<object>();
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      if (!wrapper.isAlias) this.visit(wrapper, found, seen);
    }
    return found;
  }

  private visit(
    wrapper: Wrapper,
    found: { checks: DiscoveredCheck[]; components: DiscoveredComponent[]; refused: RefusedDeclaration[] },
    seen: Set<object>,
  ): void {
    const scopeReason = scopeThatHasNoInstance(wrapper);
    const prototype = scopeReason ? prototypeOf(wrapper.metatype) : instancePrototypeOf(wrapper);
    if (!prototype) return;
    const checks = checksOf(prototype);
    const component = ownerClassOf(prototype) && componentOf(ownerClassOf(prototype) as object);
    if (checks.size === 0 && !component) return;
    const owner = ownerClassOf(prototype)?.name ?? String(wrapper.name);
    if (scopeReason) {
      found.refused.push({ owner, prototype, methods: [...checks.keys()], reason: scopeReason });
      // it cannot be pinged, and is named all the same
      if (component) found.components.push({ instance: prototype, options: component });
      return;
    }
    const instance = wrapper.instance as object;
    if (seen.has(instance)) return;
    seen.add(instance);
    const module = wrapper.host?.name ?? '';
    if (component) found.components.push({ instance, options: component });
    const token = typeof wrapper.token === 'function' ? wrapper.token.name : String(wrapper.token);
    for (const [method, options] of checks)
      found.checks.push({ instance, owner, module, token, method, options });
  }
}

/** Why a provider has no single instance that could be asked at any time. */
function scopeThatHasNoInstance(wrapper: Wrapper): string | undefined {
  if (wrapper.isTransient) return 'its provider is transient, so every consumer has another instance';
  if (!wrapper.isDependencyTreeStatic())
    return 'its provider is request-scoped, so there is no instance outside a request';
  return undefined;
}

/** Of the class of a provider that was never instantiated; a request-scoped factory has none that is known. */
function prototypeOf(metatype: unknown): object | undefined {
  return typeof metatype === 'function' ? (metatype.prototype as object | undefined) : undefined;
}

/** Values may be anything, objects without a prototype included. */
function instancePrototypeOf(wrapper: Wrapper): object | undefined {
  const instance: unknown = wrapper.instance;
  if (typeof instance !== 'object' || instance === null) return undefined;
  return (Object.getPrototypeOf(instance) as object | null) ?? undefined;
}

function ownerClassOf(prototype: object): { readonly name: string } | undefined {
  const owner: unknown = Object.hasOwn(prototype, 'constructor') ? prototype.constructor : undefined;
  return typeof owner === 'function' ? owner : undefined;
}
