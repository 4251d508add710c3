/** Values that many providers have in common, by their JSON. */
const known = new Map<string, unknown>();
const NO_ITEMS: readonly never[] = Object.freeze([]);
const NO_MEMBERS = Object.freeze({});
/** A fleet that invents more than this keeps its own copies. */
const MAX_KNOWN = 10_000;
/** Longer ones are seldom common, and would cost more to look up than they save. */
const MAX_JSON = 512;

/**
 * One copy of a value for all who have an equal one: places, labels, sizes. The value must be JSON, and nobody
 * may change it afterwards.
 */
export function shared<T extends string | object>(value: T): T {
  // what most have is told apart without writing it down
  if (typeof value === 'object' && Object.keys(value).length === 0) {
    return (Array.isArray(value) ? NO_ITEMS : NO_MEMBERS) as unknown as T;
  }
  const json = JSON.stringify(value);
  const copy = known.get(json);
  if (copy !== undefined) return copy as T;
  if (known.size < MAX_KNOWN && json.length <= MAX_JSON) known.set(json, value);
  return value;
}
