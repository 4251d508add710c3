import { JsonText } from './json-text.js';

/** A page ends with the item that would make the JSON of its items longer than this, in bytes. */
export const MAX_PAGE_BYTES = 1024 * 1024;

/** A page of a list, bounded by bytes as well as by count. Each item is written once, when it is added. */
export class PageText {
  private readonly items: string[] = [];
  private bytes = 0;

  constructor(private readonly maxBytes = MAX_PAGE_BYTES) {}

  /** How many items are on the page. */
  get size(): number {
    return this.items.length;
  }

  /** Adds an item; `false` if there is no room for it. A page has one item at least, however long. */
  add(item: object): boolean {
    const text = JSON.stringify(item);
    const bytes = Buffer.byteLength(text) + 1;
    if (this.items.length > 0 && this.bytes + bytes > this.maxBytes) return false;
    this.items.push(text);
    this.bytes += bytes;
    return true;
  }

  /** Adds items up to the first for which there is no room. @returns those that were added */
  addUntilFull<I>(items: Iterable<I>, body: (item: I) => object): I[] {
    const added: I[] = [];
    for (const item of items) {
      if (!this.add(body(item))) break;
      added.push(item);
    }
    return added;
  }

  /** The page as an answer: its items under `name`, and `more` behind them. */
  end<T>(name: string & keyof T, more: Readonly<Partial<T>>): JsonText<T> {
    const rest = JSON.stringify(more).slice(1);
    const between = rest === '}' ? '' : ',';
    return new JsonText(`{${JSON.stringify(name)}:[${this.items.join(',')}]${between}${rest}`);
  }
}
