import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import type { Check, CheckContext } from '@vitals/core/health';
import { type DiscoveredCheck, HealthExplorer } from './health.explorer.js';
import { HealthRegistry } from './health.registry.js';

/** Puts what the explorer found into the registry, once, when the modules are initialised. */
@Injectable()
export class HealthLoader implements OnModuleInit {
  private readonly logger = new Logger('HealthModule');
  private readonly idsByRoute = new WeakMap<object, Map<string | symbol, string>>();

  constructor(
    private readonly explorer: HealthExplorer,
    private readonly registry: HealthRegistry,
  ) {}

  onModuleInit(): void {
    const { checks, components, refused } = this.explorer.explore();
    for (const { owner, methods, reason } of refused) {
      const what = methods.length > 0 ? methods.map((method) => `${owner}#${method}`).join(', ') : owner;
      this.logger.warn(
        `${what} is no health check: ${reason}. Declare it on a provider with the default scope.`,
      );
    }
    const enabled = checks.filter(({ options }) => options.enabled !== false);
    const ids = identitiesOf(enabled);
    const pings = new Map<object, Check>();
    for (const [index, found] of enabled.entries()) {
      const check = this.load(found, ids[index] as string);
      if (!pings.has(found.instance) && !found.options.component) pings.set(found.instance, check);
    }
    for (const { instance, options } of components)
      this.registry.registerComponent(options, pings.get(instance));
  }

  /** The identity of the check that this controller's method is, if it is one. */
  idOf(controller: object, method: string): string | undefined {
    return this.idsByRoute.get(controller)?.get(method);
  }

  private load({ instance, method, options }: DiscoveredCheck, id: string): Check {
    const target = instance as Record<string | symbol, (context: CheckContext) => unknown>;
    const check = this.registry.register(id, options, (context) => {
      const run = target[method];
      if (typeof run !== 'function')
        throw new VitalsError('declaration-invalid', `${id} is no longer a method`);
      return run.call(instance, context);
    });
    const routes = this.idsByRoute.get(instance.constructor) ?? new Map<string | symbol, string>();
    this.idsByRoute.set(instance.constructor, routes.set(method, check.id));
    return check;
  }
}

/** `Provider#method`; where two are equal with their module before it, and where even those are, numbered. */
function identitiesOf(found: readonly DiscoveredCheck[]): string[] {
  const plain = found.map(({ owner, method }) => `${owner}#${String(method)}`);
  const plainCounts = countOf(plain);
  const full = found.map(({ module }, index) => {
    const id = plain[index] as string;
    return plainCounts.get(id) === 1 ? id : `${module}:${id}`;
  });
  const seen = new Map<string, number>();
  return full.map((id) => {
    const occurrence = (seen.get(id) ?? 0) + 1;
    seen.set(id, occurrence);
    return occurrence === 1 ? id : `${id}(${occurrence})`;
  });
}

function countOf(ids: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
