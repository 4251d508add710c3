import { Inject, Injectable, Logger, type OnModuleInit, Optional } from '@nestjs/common';
import { type Check, type CheckContext, type CheckSeries, HEALTH_KINDS } from '@vitals/core/health';
import { refuse } from '@vitals/core/options';
import type { HealthOptions } from '../declaration/health.options.js';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from '../health.module-options.js';
import { configure, type DeclaredCheck } from './check.configuration.js';
import { type DiscoveredCheck, HealthExplorer, placeOf, type RefusedDeclaration } from './health.explorer.js';
import { identitiesOf, seriesOf, warningOfMinified } from './check-identities.js';
import { refuseDeclarations } from './declaration.refusals.js';
import { HealthRegistry } from './health.registry.js';

/** Puts what the explorer found, as configuration wants it, into the registry, once, when modules are initialised. */
@Injectable()
export class HealthLoader implements OnModuleInit {
  private readonly logger = new Logger('Health');
  private readonly idsByRoute = new WeakMap<object, Map<unknown, string>>();

  constructor(
    private readonly explorer: HealthExplorer,
    private readonly registry: HealthRegistry,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) private readonly options: HealthModuleOptions = {},
  ) {}

  onModuleInit(): void {
    const { checks, components, refused } = this.explorer.explore();
    for (const declaration of refused) this.warn(declaration);
    const minified = warningOfMinified(checks, HealthLoader.name);
    if (minified !== undefined) this.logger.warn(minified);
    const ids = identitiesOf(checks);
    const series = seriesOf(checks);
    const declared = checks.map(({ options }, at) => ({ id: ids[at] as string, options }));
    refuseDeclarations(checks, components, refused);
    const { options: configured, unmatched } = configure(declared, this.options, process.env);
    for (const { variable, advice } of unmatched)
      this.logger.warn([`${variable} names no health check of this app`, advice].filter(Boolean).join('; '));
    const pings = new Map<object, Check>();
    for (const [at, found] of checks.entries()) {
      const check = this.load(found, ids[at] as string, configured[at] as HealthOptions, series[at]);
      if (check && !pings.has(found.instance) && !found.options.component) pings.set(found.instance, check);
    }
    for (const { instance, options } of components)
      this.registry.registerComponent(options, pings.get(instance));
    this.tellWhatWasFound(declared.filter((_, at) => configured[at]?.enabled === false));
  }

  /** The identity of the check that this controller's method is, if it is one. */
  idOf(controller: object, handler: unknown): string | undefined {
    return this.idsByRoute.get(controller)?.get(handler);
  }

  /** A check that is switched off keeps its route, which says so, and leaves its component without a ping. */
  private load(
    found: DiscoveredCheck,
    id: string,
    options: HealthOptions,
    series: CheckSeries | undefined,
  ): Check | undefined {
    const { instance, method } = found;
    const target = instance as Record<string | symbol, (context: CheckContext) => unknown>;
    const routes = this.idsByRoute.get(instance.constructor) ?? new Map<unknown, string>();
    this.idsByRoute.set(instance.constructor, routes.set(target[method], id));
    if (options.enabled === false) {
      if (options.component) this.registry.registerComponent(options.component);
      return undefined;
    }
    const run = (context: CheckContext): unknown => {
      const called = target[method];
      if (typeof called !== 'function') refuse(`${id} is no longer a method`);
      return called.call(instance, context);
    };
    return this.registry.register(id, options, run, series);
  }

  /** Whoever expected more has forgotten to provide a class. */
  private tellWhatWasFound(switchedOff: readonly DeclaredCheck[]): void {
    const kinds = HEALTH_KINDS.flatMap((kind) => {
      const { length } = this.registry.select({ kind });
      return length > 0 ? [`${length} ${kind}`] : [];
    });
    const found = `checks: ${this.registry.select().length}${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}`;
    const off = switchedOff.map(({ id, options }) => options.name ?? id);
    const { length } = this.registry.components();
    this.logger.log(
      `${found}; components: ${length}${off.length > 0 ? `; switched off: ${off.join(', ')}` : ''}`,
    );
  }

  private warn({ owner, methods, reason }: RefusedDeclaration): void {
    const what = methods.length > 0 ? methods.map((method) => placeOf({ owner, method })).join(', ') : owner;
    this.logger.warn(
      `${what} is not a health check: ${reason}. Declare it on a provider with the default scope.`,
    );
  }
}
