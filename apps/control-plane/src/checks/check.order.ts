import { Injectable } from '@nestjs/common';
import { placeAfter } from '@vitals/core/order';
import { eventLoopTurn } from '../http/json-answer.js';
import { idInPageToken, pageTokenOf } from '../http/list-page.js';
import type { Check } from './check.js';
import { CheckDirectory } from './check.directory.js';

/** More changes than this are put in by ordering all ids anew. */
const MAX_SINGLE = 256;

/** Ids that are looked at in one turn of the event loop. */
const MAX_LOOKED_AT = 1_000;

/** A page of checks in the order of their ids. */
export interface CheckPage {
  readonly checks: Check[];
  /** Where the next page starts; `undefined` on the last. */
  readonly nextToken: string | undefined;
}

/** The ids of all checks in their order, which is made when somebody reads it: a thousand may come at once. */
@Injectable()
export class CheckOrder {
  private ids: string[] = [];
  /** What came or went since. */
  private readonly changed = new Set<string>();

  constructor(private readonly directory: CheckDirectory) {
    for (const { id } of directory.all()) this.changed.add(id);
    directory.changed.subscribe(({ check, what }) => {
      if (what !== 'judged') this.changed.add(check.id);
    });
  }

  /**
   * Up to `size` checks that match, by id, after `token`; looked for a little in each turn of the event loop, so that
   * some of them may be gone.
   * @throws VitalsError `request-invalid` for a token that no page gave
   */
  async page(
    matches: (check: Check) => boolean,
    size: number,
    token: string | undefined,
  ): Promise<CheckPage> {
    const checks: Check[] = [];
    let ids = this.settle();
    let index = token === undefined ? 0 : placeAfter(ids, idInPageToken(token));
    for (let looked = 1; index < ids.length; looked++) {
      const id = ids[index++] as string;
      const check = this.directory.find(id);
      if (looked % MAX_LOOKED_AT === 0) {
        await eventLoopTurn();
        ids = this.settle();
        index = placeAfter(ids, id);
      }
      if (!check || !matches(check)) continue;
      if (checks.length === size) return { checks, nextToken: pageTokenOf((checks[size - 1] as Check).id) };
      checks.push(check);
    }
    return { checks, nextToken: undefined };
  }

  /** Where a page goes on of which only the first `count` were told; `undefined` if that was the last page. */
  tokenBehind({ checks, nextToken }: CheckPage, count: number): string | undefined {
    return count < checks.length ? pageTokenOf((checks[count - 1] as Check).id) : nextToken;
  }

  private settle(): readonly string[] {
    if (this.changed.size > MAX_SINGLE) this.ids = [...this.directory.all()].map(({ id }) => id).toSorted();
    else for (const id of this.changed) this.put(id);
    this.changed.clear();
    return this.ids;
  }

  private put(id: string): void {
    const place = placeAfter(this.ids, id);
    const isIn = this.ids[place - 1] === id;
    const isThere = this.directory.find(id) !== undefined;
    if (isThere && !isIn) this.ids.splice(place, 0, id);
    else if (isIn && !isThere) this.ids.splice(place - 1, 1);
  }
}
