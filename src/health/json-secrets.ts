import type { Json } from './json-reading.js';
import { redactFact } from './redact.js';

/** Of a pair, as `Object.entries` gives them, the value if the key is secret; other lists are as they were. */
export function redactPair(list: readonly Json[]): readonly Json[] {
  const [key, value] = list;
  return list.length === 2 && typeof key === 'string' ? [key, redactFact(key, value)] : list;
}

/** Of an object with a secret `name` or `key` the `value`: `{ name: 'password', value: '…' }`. */
export function redactValue(object: { readonly [key: string]: Json }): { readonly [key: string]: Json } {
  if (!Object.hasOwn(object, 'value')) return object;
  const keys = [object['name'], object['key']].filter((key) => typeof key === 'string');
  return keys.reduce<typeof object>(
    (safe, key) => ({ ...safe, value: redactFact(key, safe['value']) }),
    object,
  );
}
