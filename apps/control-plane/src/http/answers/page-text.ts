import { eventLoopTurn } from './event-loop-turns.js';
import { JsonText } from './json-text.js';

/** A page ends with the item that would make the JSON of its items longer than this, in bytes. */
export const MAX_PAGE_BYTES = 1024 * 1024;

/** Items that are written in one turn of the event loop. */
const MAX_ITEMS_AT_ONCE = 50;

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

  /**
   * Adds items up to the first for which there is no room, a few in each turn of the event loop; `body` makes nothing
   * of one that is gone meanwhile.
   * @returns how many items there was room for
   */
  async addUntilFull<I>(items: readonly I[], body: (item: I) => object | undefined): Promise<number> {
    for (const [at, item] of items.entries()) {
      if (at > 0 && at % MAX_ITEMS_AT_ONCE === 0) await eventLoopTurn();
      const said = body(item);
      if (said && !this.add(said)) return at;
    }
    return items.length;
  }

  /** The page as an answer: its items under `name`, and `more` behind them. */
  end<T>(name: string & keyof T, more: Readonly<Partial<T>>): JsonText<T> {
    const rest = JSON.stringify(more).slice(1);
    const between = rest === '}' ? '' : ',';
    return new JsonText(`{${JSON.stringify(name)}:[${this.items.join(',')}]${between}${rest}`);
  }
}
