import { createHash } from 'node:crypto';

/** Members that are told to people only: nothing that happens depends on them. */
const UNREAD = new Set(['uncountedMs', 'stoppedAtMs']);

type Node = Record<string, unknown>;

/** What never changes is shared by all copies: functions, frozen objects, and these. */
export type Shared = ReadonlySet<object>;

/** Copies an object with everything that it reaches; prototypes and circles are kept. */
export function copyOf<T extends object>(root: T, shared: Shared): T {
  const copies = new Map<object, object>();
  const any = (value: unknown): unknown =>
    typeof value === 'object' && value !== null ? copy(value) : value;
  const copy = (value: object): object => {
    const known = copies.get(value);
    if (known !== undefined) return known;
    if (shared.has(value) || Object.isFrozen(value)) return value;
    if (Array.isArray(value)) {
      const array = value.slice() as unknown[];
      copies.set(value, array);
      for (let at = 0; at < array.length; at++) array[at] = any(array[at]);
      return array;
    }
    if (value instanceof Map) {
      const map = new Map<unknown, unknown>();
      copies.set(value, map);
      value.forEach((each, key) => map.set(any(key), any(each)));
      return map;
    }
    if (value instanceof Set) {
      const set = new Set<unknown>();
      copies.set(value, set);
      value.forEach((each) => set.add(any(each)));
      return set;
    }
    const node = Object.create(Object.getPrototypeOf(value) as object) as Node;
    copies.set(value, node);
    // classes have no members that are enumerated besides those of the object itself
    for (const key in value) node[key] = any((value as Node)[key]);
    return node;
  };
  return copy(root) as T;
}

/** A text of 128 bits that two objects share only if everything that they reach is the same. */
export function fingerprintOf(root: object, shared: Shared): string {
  const ids = new Map<object, number>();
  let text = '';
  const any = (value: unknown): void => {
    if (typeof value === 'object' && value !== null) write(value);
    else if (typeof value !== 'function') text += `${String(value)},`;
  };
  const write = (value: object): void => {
    const id = ids.get(value);
    if (id !== undefined) {
      text += `#${id},`;
      return;
    }
    if (shared.has(value)) return;
    ids.set(value, ids.size);
    text += '(';
    if (Array.isArray(value)) value.forEach(any);
    else if (value instanceof Map)
      value.forEach((each, key) => {
        any(key);
        any(each);
      });
    else if (value instanceof Set) value.forEach(any);
    else for (const key in value) if (!UNREAD.has(key)) any((value as Node)[key]);
    text += ')';
  };
  any(root);
  return createHash('md5').update(text).digest('binary');
}
