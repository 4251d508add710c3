import { type DiscoveredCheck, placeOf } from './health.explorer.js';

/** How many checks the warning names. */
const MAX_NAMED = 3;

/** Names that a minifier gives when this library itself went through it; a large bundle needs three letters. */
const MAX_BUNDLED = 3;

/** Names that a minifier gives to one app. */
const MAX_MINIFIED = 2;

/**
 * The warning of a bundle whose classes lost their names, for identities, names on the wire and labels of metrics then
 * change with every build; `undefined` if there is nothing to warn of. A check that was given an `id` is none of them.
 * A class is taken for minified if its name is no longer than two letters and begins with a small one, `_` or `$`, or
 * if the name of its module is as short as its own; and, where this library lost its own names, up to three letters.
 * @param ownName what a class of this library is called at run time
 */
export function warningOfMinified(checks: readonly DiscoveredCheck[], ownName: string): string | undefined {
  const isBundled = ownName.length <= MAX_BUNDLED;
  const minified = checks.filter((check) => check.options.id === undefined && isMinified(check, isBundled));
  if (minified.length === 0) return undefined;
  const named = minified.slice(0, MAX_NAMED).map(placeOf);
  const more = minified.length > MAX_NAMED ? ` and ${minified.length - MAX_NAMED} more` : '';
  return `class names seem to be minified (${named.join(', ')}${more}): health checks are identified by them, and identities, names and metrics change with every build. Give each check an id, such as @Health({ id: 'disk', name: 'disk' }), or keep class names when bundling (esbuild: keepNames; terser and swc: keep_classnames)`;
}

function isMinified({ owner, module }: DiscoveredCheck, isBundled: boolean): boolean {
  if (isBundled) return owner.length <= MAX_BUNDLED;
  if (owner === '' || owner.length > MAX_MINIFIED) return false;
  return /^[a-z_$]/.test(owner) || (module !== '' && module.length <= MAX_MINIFIED);
}
