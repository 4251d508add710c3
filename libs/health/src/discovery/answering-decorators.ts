import { REDIRECT_METADATA, RENDER_METADATA } from '@nestjs/common/constants.js';
import { VitalsError } from '@vitals/core/errors';
import type { DiscoveredCheck } from './health.explorer.js';

/** Decorators with which Nest does not answer with what a route returns, by what they leave on its method. */
const ANSWERING: readonly (readonly [string, string])[] = [
  ['Redirect', REDIRECT_METADATA],
  ['Render', RENDER_METADATA],
];

/**
 * A redirect to a page says nothing of the state of a check, and would pass for healthy.
 * @throws VitalsError `declaration-invalid` if the method of a check has such a decorator
 */
export function refuseAnsweringDecorators(found: readonly DiscoveredCheck[]): void {
  for (const { instance, owner, method, module } of found) {
    const handler: unknown = (instance as Record<string | symbol, unknown>)[method];
    if (typeof handler !== 'function') continue;
    const [name] = ANSWERING.find(([, key]) => Reflect.hasMetadata(key, handler)) ?? [];
    if (name === undefined) continue;
    throw new VitalsError(
      'declaration-invalid',
      `${owner}#${String(method)} in ${module} is a health check and has @${name}, which answers in its place; remove @${name}, or put the check on a method of its own`,
    );
  }
}
