import { JsonReading } from './json-reading.js';

/** What wire formats can carry as a value. */
export type Attribute = string | number | boolean;

/** Named facts about a result, in the order in which they were added. */
export type Attributes = Readonly<Record<string, Attribute>>;

/**
 * What a wire format carries for a value, as one would read it; `undefined` for null and undefined, which are left out.
 * Text, booleans and finite numbers are themselves; NaN, infinities and integers beyond 2^53 are text. A date is ISO
 * 8601, an error its reason with the deepest cause, a symbol or function its name; bytes (`Buffer`, `Uint8Array`,
 * `ArrayBuffer`, `DataView`) are hexadecimal, at most 64 of them. Of other objects that have `toJSON` it is what that
 * returns, else of those whose class has a `toString` that text (`URLSearchParams`, `RegExp`). All other objects are
 * JSON text, a `Map` as an object, a `Set` and typed arrays as a list; `[circular]` stands for an object within itself,
 * and what is deeper than 8 levels or too long is cut. Never throws: `[cannot be read: …]` stands for what does.
 */
export function toAttribute(value: unknown): Attribute | undefined {
  const json = new JsonReading().read(value);
  if (json === null || json === undefined) return undefined;
  return typeof json === 'object' ? JSON.stringify(json) : json;
}

/** Attributes from keys and values of any type, without those that `toAttribute` leaves out. */
export function toAttributes(entries: Iterable<readonly [string, unknown]>): Attributes {
  const read = Array.from(entries, ([key, value]) => [key, toAttribute(value)] as const);
  // entries, because an assignment to `__proto__` would be lost
  return Object.fromEntries(read.filter((entry): entry is [string, Attribute] => entry[1] !== undefined));
}
