import { PATH_METADATA, REDIRECT_METADATA, RENDER_METADATA, SSE_METADATA } from '@nestjs/common/constants.js';
import { VitalsError } from '@vitals/core/errors';
import { answersCheck } from '../declaration/health-metadata.accessor.js';
import type { DiscoveredCheck, DiscoveredComponent, RefusedDeclaration } from './health.explorer.js';

/** Decorators with which Nest answers a route itself, whatever its check found. */
const ANSWERING: readonly (readonly [decorator: string, metadata: string])[] = [
  ['@Redirect()', REDIRECT_METADATA],
  ['@Render()', RENDER_METADATA],
  ['@Sse()', SSE_METADATA],
];

/**
 * Fails the boot where two checks or two components have one identity, and where a route would not answer its check.
 * @throws VitalsError `declaration-invalid`, naming the methods or classes and what to do
 */
export function refuseDeclarations(
  checks: readonly DiscoveredCheck[],
  components: readonly DiscoveredComponent[],
  refused: readonly RefusedDeclaration[],
): void {
  refuseEqualIds(checks);
  refuseForeignAnswers(checks, refused);
  refuseEqualComponents(components);
}

/** An id that is declared twice fails the boot, with both methods and what to do. */
function refuseEqualIds(found: readonly DiscoveredCheck[]): void {
  const places = new Map<string, string>();
  for (const { owner, method, module, options } of found) {
    if (options.id === undefined || options.enabled === false) continue;
    const place = `${owner}#${String(method)} in ${module}`;
    const other = places.get(options.id);
    if (other !== undefined) {
      throw new VitalsError(
        'declaration-invalid',
        `two health checks have the id ${JSON.stringify(options.id)}: ${other} and ${place}; give each its own`,
      );
    }
    places.set(options.id, place);
  }
}

/** A route that another decorator answers fails the boot: it would not say that its check is down. */
function refuseForeignAnswers(
  found: readonly DiscoveredCheck[],
  refused: readonly RefusedDeclaration[],
): void {
  const faults = [
    ...found.map(({ instance, method, owner }) => foreignAnswerOf(instance, method, owner)),
    ...refused.flatMap(({ prototype, methods, owner }) =>
      methods.map((method) => foreignAnswerOf(prototype, method, owner)),
    ),
  ].filter((fault) => fault !== undefined);
  if (faults.length > 0) throw new VitalsError('declaration-invalid', [...new Set(faults)].join('\n'));
}

/** Two components of one identity fail the boot, with both classes. */
function refuseEqualComponents(found: readonly DiscoveredComponent[]): void {
  const owners = new Map<string, string>();
  for (const { instance, options } of found) {
    const key = JSON.stringify([options.type, options.name]);
    const owner = instance.constructor.name;
    const other = owners.get(key);
    if (other !== undefined) {
      throw new VitalsError(
        'declaration-invalid',
        `two components have the type ${options.type} and the name ${options.name}: ${other} and ${owner}; identity is both together, give one of them another name`,
      );
    }
    owners.set(key, owner);
  }
}

/**
 * What is wrong with a check whose route would be answered by something else: by another decorator, or by what the
 * method returns, where `@Health()` is not on the function that has the route. `undefined` if nothing is.
 * @param target the instance or prototype that has the method
 */
function foreignAnswerOf(target: object, method: string | symbol, owner: string): string | undefined {
  const handler = (target as Record<string | symbol, unknown>)[method];
  if (typeof handler !== 'function') return undefined;
  const found = ANSWERING.find(([, metadata]) => Reflect.getMetadata(metadata, handler) !== undefined);
  const place = `${owner}#${String(method)}`;
  if (!found) return bypassesCheck(handler) ? notOnRoute(place) : undefined;
  const [decorator] = found;
  return `${place} has ${decorator} and is a health check, whose route answers the check with 200 or 503; take ${decorator} off, or move the check to a method of its own`;
}

function bypassesCheck(handler: object): boolean {
  if (!Reflect.hasMetadata(PATH_METADATA, handler)) return false;
  return !answersCheck(handler);
}

const notOnRoute = (place: string): string =>
  `${place} is a health check and has a route that would not answer it: put @Health() on this very method, above decorators that replace it`;
