import { plainPath } from '../health.paths.js';

/**
 * What a path of health does to a route of the app: it `hides` one that would never be asked, and `splits` one that is
 * asked at other paths still, such as one with a wildcard.
 */
export type Overlap = 'hides' | 'splits';

/** How a path of health and the pattern of a route meet; `undefined` if they do not. */
export function overlapOf(healthPath: string, pattern: string): Overlap | undefined {
  const own = plainPath(healthPath).split('/');
  const overlaps = variantsOf(pattern).map((variant) => overlapOfSegments(own, variant.split('/')));
  const met = overlaps.filter((overlap) => overlap !== undefined);
  if (met.length === 0) return undefined;
  return met.length === overlaps.length && met.every((overlap) => overlap === 'hides') ? 'hides' : 'splits';
}

function overlapOfSegments(own: readonly string[], app: readonly string[]): Overlap | undefined {
  let splits = false;
  for (const [at, segment] of app.entries()) {
    if (segment.includes('*')) return at < own.length ? 'splits' : undefined;
    const ours = own[at];
    if (ours === undefined) return undefined;
    if (ours.startsWith(':')) continue;
    if (isFixed(segment) ? segment !== ours : false) return undefined;
    if (!isFixed(segment)) splits = true;
  }
  if (app.length < own.length) return undefined;
  return splits ? 'splits' : 'hides';
}

/** With and without what is optional: `{/:id}` of Express, `/:id?` of Fastify. */
function variantsOf(pattern: string): string[] {
  const optional = /\{([^{}]*)\}|(\/:\w+)\?/.exec(pattern);
  if (!optional) return [plainPath(pattern)];
  const before = pattern.slice(0, optional.index);
  const after = pattern.slice(optional.index + optional[0].length);
  return [...variantsOf(before + after), ...variantsOf(`${before}${optional[1] ?? optional[2]}${after}`)];
}

/** Whether a segment of a pattern stands for itself alone. */
function isFixed(segment: string): boolean {
  return !/[:*()]/.test(segment);
}
