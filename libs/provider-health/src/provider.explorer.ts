import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { providerNameOf } from './health-provider.decorator.js';

/** The part of Nest's `InstanceWrapper` that discovery reads. */
type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** An instance whose class was declared as a health provider. */
export interface DiscoveredProvider {
  readonly name: string;
  /** Its class, for a person to read. */
  readonly owner: string;
  readonly instance: object;
}

/** A declaration that cannot be honoured, and why, for a person to read. */
export interface RefusedProvider {
  readonly name: string;
  readonly owner: string;
  readonly reason: string;
}

/** What a walk over the container found; nothing was acted upon yet. */
export interface ProviderDiscovery {
  readonly providers: readonly DiscoveredProvider[];
  readonly refused: readonly RefusedProvider[];
}

/** Walks the container and returns plain records of what is declared in it; it does not act. */
@Injectable()
export class ProviderExplorer {
  constructor(private readonly discovery: DiscoveryService) {}

  explore(): ProviderDiscovery {
    const providers: DiscoveredProvider[] = [];
    const refused: RefusedProvider[] = [];
    const seen = new Set<object>();
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      if (wrapper.isAlias) continue;
      const reason = scopeThatHasNoInstance(wrapper);
      const owner = reason === undefined ? classOfInstance(wrapper.instance) : wrapper.metatype;
      const name = typeof owner === 'function' ? providerNameOf(owner) : undefined;
      if (typeof owner !== 'function' || name === undefined) continue;
      if (reason !== undefined) {
        refused.push({ name, owner: owner.name, reason });
        continue;
      }
      const instance = wrapper.instance as object;
      if (!seen.has(instance)) providers.push({ name, owner: owner.name, instance });
      seen.add(instance);
    }
    return { providers, refused };
  }
}

/** Why a provider has no single instance that could be asked at any time. */
function scopeThatHasNoInstance(wrapper: Wrapper): string | undefined {
  if (wrapper.isTransient) return 'its provider is transient, so every consumer has another instance';
  if (!wrapper.isDependencyTreeStatic())
    return 'its provider is request-scoped, so there is no instance outside a request';
  return undefined;
}

/** Values may be anything, objects without a prototype included, and those whose constructor is none. */
function classOfInstance(instance: unknown): unknown {
  if (typeof instance !== 'object' || instance === null) return undefined;
  const prototype = Object.getPrototypeOf(instance) as object | null;
  return prototype && Object.hasOwn(prototype, 'constructor') ? prototype.constructor : undefined;
}
