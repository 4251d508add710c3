import { PATH_METADATA, REDIRECT_METADATA, RENDER_METADATA, SSE_METADATA } from '@nestjs/common/constants.js';
import { answersCheck } from '../declaration/health-metadata.accessor.js';

/** Decorators with which Nest answers a route itself, whatever its check found. */
const ANSWERING: readonly (readonly [decorator: string, metadata: string])[] = [
  ['@Redirect()', REDIRECT_METADATA],
  ['@Render()', RENDER_METADATA],
  ['@Sse()', SSE_METADATA],
];

/**
 * What is wrong with a check whose route would be answered by something else: by another decorator, or by what the
 * method returns, where `@Health()` is not on the function that has the route. `undefined` if nothing is.
 * @param target the instance or prototype that has the method
 */
export function foreignAnswerOf(target: object, method: string | symbol, owner: string): string | undefined {
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
