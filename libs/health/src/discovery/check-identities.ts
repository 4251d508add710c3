import type { CheckSeries } from '@vitals/core/health';
import { type DiscoveredCheck, placeOf } from './health.explorer.js';

/**
 * Labels of metrics: unlike identities they are the same whatever other checks are called. Equal ones are numbered
 * among all that are declared, so that none changes when another check is switched off.
 */
export function seriesOf(found: readonly DiscoveredCheck[]): CheckSeries[] {
  const series = found.map(({ module, token, owner, method, options: { id, name } }) => ({
    check: name ?? id ?? placeOf({ owner, method }),
    source: id ?? `${module}:${placeOf({ owner: token, method })}`,
  }));
  const numbers = occurrencesOf(series.map(({ check, source }) => JSON.stringify([check, source])));
  return series.map(({ check, source }, at) => ({
    check,
    source: numbers[at] === 1 ? source : `${source} #${numbers[at]}`,
  }));
}

/** The `id` of each, else `Provider#method`; where two of these are equal with their module before it, and then numbered. */
export function identitiesOf(found: readonly DiscoveredCheck[]): string[] {
  const plain = found.map(placeOf);
  const occurrences = occurrencesOf(plain);
  const repeated = new Set(plain.filter((_, at) => occurrences[at] !== 1));
  const full = found.map(({ module }, at) => {
    const id = plain[at] as string;
    return repeated.has(id) ? `${module}:${id}` : id;
  });
  const numbers = occurrencesOf(full);
  return found.map(
    ({ options }, at) =>
      options.id ?? (numbers[at] === 1 ? (full[at] as string) : `${full[at]}(${numbers[at]})`),
  );
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
