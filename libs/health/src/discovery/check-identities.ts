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
