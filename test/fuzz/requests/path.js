import { HOSTILE_VALUES } from './hostile.js';

/** A path with a query. */
export function withQuery(path, pairs) {
  if (pairs.length === 0) return path;
  return `${path}?${pairs.map((pair) => pair.map(encoded).join('=')).join('&')}`;
}

/** A part of a path that should not be one. */
export function hostileSegment(random) {
  const text = String(random.pick(HOSTILE_VALUES.filter((value) => typeof value === 'string')));
  return encoded(text.slice(0, 1_200)) || '%20';
}

/** Percent-encoded, lone surrogates too, which no URI can have. */
function encoded(text) {
  return encodeURIComponent(text.toWellFormed());
}
