/** Orders texts by code unit, so that the order is the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Where a text belongs in a list that is ordered by code unit: behind itself, if it is there. O(log n). */
export function placeAfter(sorted: readonly string[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as string) <= text) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** More changes than this are put in by ordering all keys anew. */
const MAX_SINGLE = 256;

/** Items that are looked at between two pauses. */
const MAX_LOOKED_AT = 1_000;

/** A part of a list in the order of its keys. */
export interface Page<T> {
  readonly items: T[];
  /** Where the next page starts; `undefined` on the last. */
  readonly nextToken: string | undefined;
}

/** Which part of a list is read. */
export interface PageRequest<T> {
  readonly matches?: (item: T) => boolean;
  /** At least 1. */
  readonly size: number;
  /** The key behind which the page begins, as `keyInPageToken` gives it; the list need not have it. */
  readonly after?: string | undefined;
  /** Awaited now and then, for others to have their turn; the list may change meanwhile. */
  readonly pause: () => Promise<void>;
}

/**
 * Items by their key, and in its order (`compareText`), which is made when somebody reads it: thousands may come at
 * once. Who walks its pages by their tokens gets what is in it all the time exactly once, whatever comes and goes
 * meanwhile.
 */
export class OrderedList<T> {
  private readonly byKey = new Map<string, T>();
  private keys: string[] = [];
  /** Keys that came or went since `keys` was made; more than `MAX_SINGLE` if all have to be ordered anew. */
  private readonly changed = new Set<string>();

  /** @param keyOf the same for an item at any time */
  constructor(private readonly keyOf: (item: T) => string) {}

  get size(): number {
    return this.byKey.size;
  }

  /** O(1). */
  find(key: string): T | undefined {
    return this.byKey.get(key);
  }

  /** In no order. */
  all(): Iterable<T> {
    return this.byKey.values();
  }

  /** Adds an item, in place of one with the same key. */
  put(item: T): void {
    const key = this.keyOf(item);
    if (!this.byKey.has(key)) this.noteChange(key);
    this.byKey.set(key, item);
  }

  /** Takes an item out; returns it, or `undefined` if there is none with this key. */
  remove(key: string): T | undefined {
    const item = this.byKey.get(key);
    if (this.byKey.delete(key)) this.noteChange(key);
    return item;
  }

  /** Up to `size` items that match, in order; items that are gone by its end may be among them. */
  async page({ matches = () => true, size, after, pause }: PageRequest<T>): Promise<Page<T>> {
    const items: T[] = [];
    let keys = this.settle();
    let index = after === undefined ? 0 : placeAfter(keys, after);
    for (let looked = 1; index < keys.length; looked++) {
      const key = keys[index++] as string;
      const item = this.byKey.get(key) as T;
      if (matches(item)) {
        if (items.length === size) return { items, nextToken: this.tokenOf(items[size - 1] as T) };
        items.push(item);
      }
      if (looked % MAX_LOOKED_AT > 0) continue;
      await pause();
      keys = this.settle();
      index = placeAfter(keys, key);
    }
    return { items, nextToken: undefined };
  }

  /** Where a page goes on of which only the first `count` items were told; `undefined` if that was the last page. */
  tokenBehind({ items, nextToken }: Page<T>, count: number): string | undefined {
    return count < items.length ? this.tokenOf(items[count - 1] as T) : nextToken;
  }

  private tokenOf(item: T): string {
    return pageTokenOf(this.keyOf(item));
  }

  private noteChange(key: string): void {
    if (this.changed.size <= MAX_SINGLE) this.changed.add(key);
  }

  private settle(): readonly string[] {
    if (this.changed.size > MAX_SINGLE) this.keys = [...this.byKey.keys()].sort(compareText);
    else for (const key of this.changed) this.place(key);
    this.changed.clear();
    return this.keys;
  }

  private place(key: string): void {
    const place = placeAfter(this.keys, key);
    const wasIn = this.keys[place - 1] === key;
    const isIn = this.byKey.has(key);
    if (isIn && !wasIn) this.keys.splice(place, 0, key);
    if (wasIn && !isIn) this.keys.splice(place - 1, 1);
  }
}

/** The token with which a list goes on behind the item of this key. */
export function pageTokenOf(key: string): string {
  return Buffer.from(key).toString('base64url');
}

/** The key behind which a list goes on; `undefined` for a token that no list gave. */
export function keyInPageToken(token: string): string | undefined {
  const key = Buffer.from(token, 'base64url').toString();
  return key !== '' && pageTokenOf(key) === token ? key : undefined;
}
