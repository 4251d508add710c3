import { createHash } from 'node:crypto';

/** Members that are told to people only: nothing that happens depends on them. */
const UNREAD = new Set(['uncountedMs', 'stoppedAtMs']);

type Node = Record<string, unknown>;

/** What never changes is shared by all copies: functions, frozen objects, and these. */
export type Shared = ReadonlySet<object>;

/** Copies an object with everything that it reaches; prototypes and circles are kept. */
export function copyOf<T extends object>(root: T, shared: Shared): T {
  const copies = new Map<object, object>();
  const copy = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (shared.has(value) || Object.isFrozen(value)) return value;
    const known = copies.get(value);
    if (known) return known;
    if (Array.isArray(value)) {
      const array: unknown[] = [];
      copies.set(value, array);
      for (const each of value) array.push(copy(each));
      return array;
    }
    if (value instanceof Map) {
      const map = new Map();
      copies.set(value, map);
      for (const [key, each] of value) map.set(copy(key), copy(each));
      return map;
    }
    if (value instanceof Set) {
      const set = new Set();
      copies.set(value, set);
      for (const each of value) set.add(copy(each));
      return set;
    }
    const node = Object.create(Object.getPrototypeOf(value) as object) as Node;
    copies.set(value, node);
    for (const key of Object.keys(value)) {
      const own = (value as Node)[key];
      node[key] = typeof own === 'object' && own !== null ? copy(own) : own;
    }
    return node;
  };
  return copy(root) as T;
}

/** A text of 128 bits that two objects share only if everything that they reach is the same. */
export function fingerprintOf(root: object, shared: Shared): string {
  const ids = new Map<object, number>();
  let text = '';
  const write = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) {
      text += typeof value === 'function' ? '' : `${String(value)},`;
      return;
    }
    if (shared.has(value)) return;
    const id = ids.get(value);
    if (id !== undefined) {
      text += `#${id},`;
      return;
    }
    ids.set(value, ids.size);
    text += '(';
    if (value instanceof Map || value instanceof Set || Array.isArray(value)) {
      if (value instanceof Map) {
        for (const [key, each] of value) {
          write(key);
          write(each);
        }
      } else for (const each of value) write(each);
    } else {
      for (const key of Object.keys(value)) {
        if (UNREAD.has(key)) continue;
        const own = (value as Node)[key];
        if (typeof own === 'object' && own !== null) write(own);
        else if (typeof own !== 'function') text += `${String(own)},`;
      }
    }
    text += ')';
  };
  write(root);
  return createHash('md5').update(text).digest('binary');
}
