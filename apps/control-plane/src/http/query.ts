import type { Type } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { shownText } from '@vitals/core/json';
import { didYouMean } from '@vitals/core/nearest-name';
import { getMetadataStorage } from 'class-validator';
import { assertQueryEncoding } from './query-encoding.js';

/** The parameters that a call knows, and whether each may be given several times. */
export type KnownQuery = ReadonlyMap<string, boolean>;

/** What is known to a call that has no parameters. */
export const NO_QUERY: KnownQuery = new Map();

/** Other words for what is asked for, which no comparison of letters finds. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  changed_since: 'since',
  cores: 'cpu',
  cursor: 'page_token',
  disk: 'storage',
  gpu: 'capability',
  limit: 'max_page_size',
  mem: 'memory',
  offset: 'page_token',
  page: 'page_token',
  ram: 'memory',
  service_type: 'type',
  since: 'changed_since',
  size: 'max_page_size',
  type: 'service_type',
};

/** No name of a request is repeated at greater length. */
const MAX_SHOWN = 100;

/** The parameters of a class that a query is validated by; those whose rules are for each value may be repeated. */
export function knownQueryOf(type: Type): KnownQuery {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
  const known = new Map<string, boolean>();
  for (const { propertyName, each } of rules)
    known.set(propertyName, each || (known.get(propertyName) ?? false));
  return known;
}

/**
 * Refuses what a call would ignore: a parameter that it does not know, and a second value where one is taken.
 * @throws VitalsError `query-invalid`, naming the parameter and the known one that is nearest
 */
export function assertQuery(given: Readonly<Record<string, unknown>>, known: KnownQuery): void {
  for (const [name, value] of Object.entries(given)) {
    const isRepeatable = known.get(name);
    if (isRepeatable === undefined) throw invalid(unknownText(name, known));
    if (Array.isArray(value) && !isRepeatable)
      throw invalid(`the query parameter \`${name}\` takes one value, and is given ${value.length} times`);
  }
}

/**
 * The same for a target that nobody has taken apart. @param url with or without a query
 * @throws VitalsError `query-invalid`, `request-malformed`
 */
export function assertNoQuery(url: string): void {
  assertQueryEncoding(url);
  const start = url.indexOf('?');
  if (start >= 0 && start < url.length - 1)
    assertQuery(Object.fromEntries(new URLSearchParams(url.slice(start + 1))), NO_QUERY);
}

function unknownText(name: string, known: KnownQuery): string {
  const text = `unknown query parameter \`${shownText(name, MAX_SHOWN)}\``;
  const word = Object.hasOwn(OTHER_WORDS, name.toLowerCase()) ? OTHER_WORDS[name.toLowerCase()] : undefined;
  const advice = didYouMean(word !== undefined && known.has(word) ? word : name, known.keys());
  if (advice !== undefined) return `${text}; ${advice}`;
  const names = [...known.keys()].toSorted().map((one) => `\`${one}\``);
  return `${text}; ${names.length === 0 ? 'this call takes none' : `there are ${names.join(', ')}`}`;
}

function invalid(detail: string): VitalsError {
  return new VitalsError('query-invalid', detail);
}
