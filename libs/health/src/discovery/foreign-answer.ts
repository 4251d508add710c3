import { REDIRECT_METADATA, RENDER_METADATA, SSE_METADATA } from '@nestjs/common/constants.js';

/** Decorators with which Nest answers a route itself, whatever its check found. */
const ANSWERING: readonly (readonly [decorator: string, metadata: string])[] = [
  ['@Redirect()', REDIRECT_METADATA],
  ['@Render()', RENDER_METADATA],
  ['@Sse()', SSE_METADATA],
];

/**
 * What is wrong with a check whose method has another decorator that answers its route; `undefined` if nothing is.
 * @param target the instance or prototype that has the method
 */
export function foreignAnswerOf(target: object, method: string | symbol, owner: string): string | undefined {
  const handler = (target as Record<string | symbol, unknown>)[method];
  if (typeof handler !== 'function') return undefined;
  const found = ANSWERING.find(([, metadata]) => Reflect.getMetadata(metadata, handler) !== undefined);
  if (!found) return undefined;
  const [decorator] = found;
  return `${owner}#${String(method)} has ${decorator} and is a health check, whose route answers the check with 200 or 503; take ${decorator} off, or move the check to a method of its own`;
}
