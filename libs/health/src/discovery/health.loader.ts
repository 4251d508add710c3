import { Inject, Injectable, Logger, type OnModuleInit, Optional } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { type Check, type CheckContext, type CheckSeries, HEALTH_KINDS } from '@vitals/core/health';
import type { HealthOptions } from '../declaration/health.options.js';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from '../health.module-options.js';
import { configure, type DeclaredCheck } from './check.configuration.js';
import { type DiscoveredCheck, HealthExplorer, type RefusedDeclaration } from './health.explorer.js';
import { refuseDeclarations } from './declaration.refusals.js';
import { HealthRegistry } from './health.registry.js';
import { warningOfMinified } from './minified-names.js';

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
    const declared = checks.map(({ options }, at) => ({ id: options.id ?? (ids[at] as string), options }));
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
    identity: string,
    options: HealthOptions,
    series: CheckSeries | undefined,
  ): Check | undefined {
    const { instance, method } = found;
    const id = options.id ?? identity;
    const routes = this.idsByRoute.get(instance.constructor) ?? new Map<unknown, string>();
    this.idsByRoute.set(
      instance.constructor,
      routes.set((instance as Record<string | symbol, unknown>)[method], id),
    );
    if (options.enabled === false) {
      if (options.component) this.registry.registerComponent(options.component);
      return undefined;
    }
    const target = instance as Record<string | symbol, (context: CheckContext) => unknown>;
    const run = (context: CheckContext): unknown => {
      const called = target[method];
      if (typeof called !== 'function')
        throw new VitalsError('declaration-invalid', `${id} is no longer a method`);
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
    const what =
      methods.length > 0 ? methods.map((method) => `${owner}#${String(method)}`).join(', ') : owner;
    this.logger.warn(
      `${what} is not a health check: ${reason}. Declare it on a provider with the default scope.`,
    );
  }
}

/**
 * Labels of metrics: unlike identities they are the same whatever other checks are called. Equal ones are numbered
 * among all that are declared, so that none changes when another check is switched off.
 */
function seriesOf(found: readonly DiscoveredCheck[]): CheckSeries[] {
  const series = found.map(({ module, token, owner, method, options: { id, name } }) => {
    const declared = `#${String(method)}`;
    return { check: name ?? id ?? `${owner}${declared}`, source: id ?? `${module}:${token}${declared}` };
  });
  const numbers = occurrencesOf(series.map(({ check, source }) => JSON.stringify([check, source])));
  return series.map(({ check, source }, at) => ({
    check,
    source: numbers[at] === 1 ? source : `${source} #${numbers[at]}`,
  }));
}

/** `Provider#method`; where two are equal with their module before it, and where even those are, numbered. */
function identitiesOf(found: readonly DiscoveredCheck[]): string[] {
  const plain = found.map(({ owner, method }) => `${owner}#${String(method)}`);
  const plainCounts = countOf(plain);
  const full = found.map(({ module }, index) => {
    const id = plain[index] as string;
    return plainCounts.get(id) === 1 ? id : `${module}:${id}`;
  });
  const numbers = occurrencesOf(full);
  return full.map((id, index) => (numbers[index] === 1 ? id : `${id}(${numbers[index]})`));
}

/** For each text how many of its kind there are up to it. */
function occurrencesOf(texts: readonly string[]): number[] {
  const seen = new Map<string, number>();
  return texts.map((text) => {
    const occurrence = (seen.get(text) ?? 0) + 1;
    seen.set(text, occurrence);
    return occurrence;
  });
}

function countOf(ids: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
