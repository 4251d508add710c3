import { PATH_METADATA, REDIRECT_METADATA, RENDER_METADATA, SSE_METADATA } from '@nestjs/common/constants.js';
import { refuse, refuseEqual } from '@vitals/core/options';
import { answersCheck } from '../declaration/health-metadata.accessor.js';
import {
  type DiscoveredCheck,
  type DiscoveredComponent,
  placeOf,
  type RefusedDeclaration,
} from './health.explorer.js';

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
  const whereOf = (check: DiscoveredCheck): string => `${placeOf(check)} in ${check.module}`;
  refuseEqual(
    checks.filter(({ options }) => options.id !== undefined && options.enabled !== false),
    ({ options }) => options.id as string,
    (first, second) =>
      `two health checks have the id ${JSON.stringify(second.options.id)}: ${whereOf(first)} and ${whereOf(second)}; give each its own`,
  );
  refuseForeignAnswers(checks, refused);
  refuseEqual(
    components,
    ({ options: { type, name } }) => JSON.stringify([type, name]),
    (first, { instance, options: { type, name } }) =>
      `two components have the type ${type} and the name ${name}: ${first.instance.constructor.name} and ${instance.constructor.name}; identity is both together, give one of them another name`,
  );
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
  if (faults.length > 0) refuse([...new Set(faults)].join('\n'));
}

/**
 * What is wrong with a check whose route would be answered by something else: by another decorator, or by what the
 * method returns, where `@Health()` is not on the function that has the route. `undefined` if nothing is.
 * @param target the instance or prototype that has the method
 */
function foreignAnswerOf(target: object, method: string | symbol, owner: string): string | undefined {
  const handler = (target as Record<string | symbol, unknown>)[method];
  if (typeof handler !== 'function') return undefined;
  const place = placeOf({ owner, method });
  const answering = ANSWERING.find(([, metadata]) => Reflect.getMetadata(metadata, handler) !== undefined);
  if (answering)
    return `${place} has ${answering[0]} and is a health check, whose route answers the check with 200 or 503; take ${answering[0]} off, or move the check to a method of its own`;
  return Reflect.hasMetadata(PATH_METADATA, handler) && !answersCheck(handler)
    ? `${place} is a health check and has a route that would not answer it: put @Health() on this very method, above decorators that replace it`
    : undefined;
}
