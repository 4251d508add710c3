import { type AnyChange, type AnyKind, type ChangeKind, isPassable, type Key, kindNamed } from './change.js';
import { VitalsError } from '@vitals/core/errors';
import { above, type Database, type Reader, type Transaction } from './database.js';
import type { Committed, Feed } from './feed.js';
import { integer, json, table, text } from './table.js';

/** What was changed, in one order without gaps. */
export const CHANGE_LOG = table('change_log', {
  number: integer().key(),
  kind: text(),
  keys: json<readonly Key[]>(),
});

/** What the changes were, where several processes share a database: each applies those of the others. */
export const CHANGE_PAYLOADS = table('change_payloads', {
  number: integer().key(),
  kind: text(),
  payload: json<unknown>(),
});

/** Changes of others that are read at a time. */
const SLICE = 500;

/** How what is written of a kind is made unreadable for whoever reads the database, and readable again. */
export interface Seal<P> {
  seal(payload: P): P;
  open(payload: P): P;
}

/** The log of changes: gives each its number, and brings the feed up to date with what other processes changed. */
export class ChangeLog {
  private readonly seals = new Map<string, Seal<unknown>>();

  constructor(
    private readonly database: Pick<Database, 'isShared' | 'giveUp'>,
    private readonly feed: Feed,
  ) {}

  /** Has what is written of a kind sealed; it is applied as it is. */
  sealBy<P>(kind: ChangeKind<P>, seal: Seal<P>): void {
    this.seals.set(kind.kindName, seal as Seal<never> as Seal<unknown>);
  }

  /** A payload as it is written. */
  sealed({ kindName }: AnyKind, payload: unknown): unknown {
    const seal = this.seals.get(kindName);
    return seal ? seal.seal(payload) : payload;
  }

  /** Appends what was written, and gives each change that others follow its number. */
  async append(
    transaction: Transaction,
    commits: readonly (readonly AnyChange[])[],
  ): Promise<readonly (readonly Committed[])[]> {
    const entries: { readonly kind: string; readonly keys: readonly Key[] }[] = [];
    const payloads: unknown[] = [];
    const places = commits.map((commit) =>
      commit.map((change) => {
        const keys = change.kind.keys?.(change.payload as never) ?? [];
        if (keys.length === 0) return { change, place: 0 };
        payloads.push(this.sealed(change.kind, change.payload));
        return { change, place: entries.push({ kind: change.kind.kindName, keys }) };
      }),
    );
    const first = entries.length > 0 ? await transaction.number(CHANGE_LOG, 'number', entries.length) : 0;
    const numbered = entries.map((entry, index) => ({ ...entry, number: first + index }));
    await transaction.insert(CHANGE_LOG, numbered);
    if (this.database.isShared) {
      const rows = numbered.map(({ number, kind }, index) => ({ number, kind, payload: payloads[index] }));
      await transaction.insert(CHANGE_PAYLOADS, rows);
    }
    return places.map((commit) =>
      commit.map(({ change, place }) => ({ change, number: place === 0 ? 0 : first + place - 1 })),
    );
  }

  /**
   * Applies what other processes committed since the last change that this one has applied.
   * @param until the number of the last one
   * @throws VitalsError `store-unavailable`; for ever if they are not kept any more, if only a newer version knows one that
   *   may not be passed over, or if the database has lost some that this process has applied
   */
  async catchUp(reader: Reader, until = Number.POSITIVE_INFINITY): Promise<void> {
    if (this.database.isShared && until < this.feed.number)
      throw this.behind('the database was restored, or a standby that lagged behind took over');
    while (this.database.isShared && this.feed.number < until) {
      const where = { number: above(this.feed.number) };
      const rows = await reader.select(CHANGE_PAYLOADS, { where, orderBy: ['number'], limit: SLICE });
      const [first] = rows;
      if (!first) break;
      if (first.number !== this.feed.number + 1)
        throw this.behind(`those before ${first.number} are not kept any more`);
      const unknown = rows.find(({ kind }) => !kindNamed(kind) && !isPassable(kind));
      if (unknown) throw this.behind(`this version does not know ${unknown.kind}, which a newer one wrote`);
      this.feed.applyForeign(
        rows.map(({ number, kind: kindName, payload }) => ({
          number,
          kindName,
          payload: this.opened(kindName, payload),
        })),
      );
    }
  }

  private behind(why: string): VitalsError {
    const detail = `the changes of other processes cannot be applied: ${why}; start this control plane again`;
    this.database.giveUp(detail);
    return new VitalsError('store-unavailable', detail);
  }

  private opened(kindName: string, payload: unknown): unknown {
    const seal = this.seals.get(kindName);
    return seal ? seal.open(payload) : payload;
  }
}
