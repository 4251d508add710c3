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

  /** The page that `find` finds as an answer: its items under `name`, but for those of which `body` says nothing. */
  static ofList<T extends { readonly next_page_token?: string }, I>(
    name: string & keyof T,
    find: () => Promise<FoundPage<I>>,
    body: (item: I) => object | undefined,
  ): Promise<JsonText<T>> {
    return PageText.form(async (page) => {
      const { items, tokenBehind } = await find();
      const told = await page.addUntilFull(items, body);
      return page.end<T>(name, { next_page_token: tokenBehind(told) } as Partial<T>);
    });
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

/** A part of a list, and how the list goes on. */
export interface FoundPage<T> extends Page<T> {
  /** Where it goes on behind the first `count` items of the part; `undefined` if the list ends there. */
  readonly tokenBehind: (count: number) => string | undefined;
}

/**
 * The items of a page that match, in the order of the list; looked for a little in each turn of the event loop, so that
 * some of them may be gone.
 * @param pattern what the key of an item may be
 * @throws VitalsError `request-invalid` for a token that no list gave
 */
export async function findPage<T>(
  list: OrderedList<T>,
  { max_page_size: size, page_token: token }: PageQuery,
  matches?: (item: T) => boolean,
  pattern?: RegExp,
): Promise<FoundPage<T>> {
  const after = token === undefined ? undefined : idInPageToken(token, pattern);
  const page = await list.page({ matches, size, after, pause: eventLoopTurn });
  return { ...page, tokenBehind: (count) => list.tokenBehind(page, count) };
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
