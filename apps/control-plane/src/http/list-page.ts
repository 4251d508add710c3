import { textFault } from '@vitals/core/json';
import { keyInPageToken, type OrderedList, type Page } from '@vitals/core/order';
import { IsString } from 'class-validator';
import { eventLoopTurn, JsonText } from './json-answer.js';
import { OptionalMember, WholeText } from './members.js';
import { invalid } from './validation.js';

/** A page ends with the item that would make the JSON of its items longer than this, in bytes. */
export const MAX_PAGE_BYTES = 1024 * 1024;

/** Items that are written in one turn of the event loop. */
const MAX_ITEMS_PER_TURN = 50;

/** Pages that are formed at a time. */
export const MAX_FORMED = 16;

/** Pages that are being formed, and those that wait for their turn, in their order. */
let forming = 0;
const waiting: (() => void)[] = [];

/** A page of a list, bounded by bytes as well as by count. Each item is written once, when it is added. */
export class PageText {
  private readonly items: string[] = [];
  private bytes = 0;

  constructor(private readonly maxBytes = MAX_PAGE_BYTES) {}

  /**
   * Forms a page, with all that is read for it, as soon as fewer than `MAX_FORMED` are: a page that is formed a little in
   * each turn of the event loop is in memory, and not counted as an answer yet.
   */
  static async form<R>(form: (page: PageText) => Promise<R>): Promise<R> {
    if (forming < MAX_FORMED) forming++;
    else await new Promise<void>((begin) => waiting.push(begin));
    try {
      return await form(new PageText());
    } finally {
      const next = waiting.shift();
      if (next) next();
      else forming--;
    }
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
   * Adds items up to the first for which there is no room, a few in each turn of the event loop; `body` returns nothing
   * for one that is gone meanwhile.
   * @returns how many items there was room for
   */
  async addUntilFull<I>(items: readonly I[], body: (item: I) => object | undefined): Promise<number> {
    for (const [at, item] of items.entries()) {
      if (at > 0 && at % MAX_ITEMS_PER_TURN === 0) await eventLoopTurn();
      const written = body(item);
      if (written && !this.add(written)) return at;
    }
    return items.length;
  }

  /** The page as an answer: its items under `name`, and the members of `more` that are set behind them. */
  end<T>(name: string & keyof T, more: Readonly<Partial<T>>): JsonText<T> {
    const rest = JSON.stringify(more).slice(1);
    const between = rest === '}' ? '' : ',';
    return new JsonText(Buffer.from(`{${JSON.stringify(name)}:[${this.items.join(',')}]${between}${rest}`));
  }
}

/** Which page of a list is asked for. */
export class PageQuery {
  @OptionalMember(
    'The most that the page may have; it ends earlier when its items reach 1 MiB.',
    WholeText(1, 1_000),
  )
  max_page_size: number = 100;

  @OptionalMember('The next_page_token of the page before.', IsString())
  page_token?: string;
}

/** Reads a list page by page: whoever goes on by the tokens gets what is in it all the time exactly once. */
export class Pages<T> {
  /** @param ids what a key of the list may be */
  constructor(
    private readonly list: OrderedList<T>,
    private readonly ids = /^/,
  ) {}

  /**
   * Up to `size` items that match, by key, after `token`; looked for a little in each turn of the event loop, so that
   * some of them may be gone.
   * @throws VitalsError `request-invalid` for a token that this list did not give
   */
  async page(matches: (item: T) => boolean, size: number, token: string | undefined): Promise<Page<T>> {
    const after = token === undefined ? undefined : idInPageToken(token, this.ids);
    return this.list.page({ matches, size, after, pause: eventLoopTurn });
  }

  /** Where a page goes on of which only the first `count` were told; `undefined` if that was the last page. */
  tokenBehind(page: Page<T>, count: number): string | undefined {
    return this.list.tokenBehind(page, count);
  }

  /**
   * A page as an answer, with `more` behind its items; `body` returns nothing for an item that is gone meanwhile.
   * @throws VitalsError as `page`
   */
  answer<B extends { readonly next_page_token?: string }>(
    name: string & keyof B,
    { max_page_size: size, page_token: token }: PageQuery,
    body: (item: T) => object | undefined,
    { matches = () => true, more = {} }: { matches?: (item: T) => boolean; more?: NoInfer<Partial<B>> } = {},
  ): Promise<JsonText<B>> {
    return PageText.form(async (text) => {
      const found = await this.page(matches, size, token);
      const told = await text.addUntilFull(found.items, body);
      return text.end<B>(name, { next_page_token: this.tokenBehind(found, told), ...more });
    });
  }
}

/**
 * The id behind which a list goes on.
 * @param pattern what an id of this list may be
 * @throws VitalsError `request-invalid` for a token that no list gave
 */
export function idInPageToken(token: string, pattern = /^/): string {
  const id = keyInPageToken(token);
  if (id !== undefined && textFault(id) === undefined && pattern.test(id)) return id;
  const detail = 'give the next_page_token of an earlier answer, or none';
  throw invalid([{ pointer: '/page_token', detail }]);
}
