import type { Table } from './table.js';

/** What a member has to be: one of several values, between values, or there at all. */
export class Condition<T> {
  constructor(
    readonly operator: '>' | '>=' | '<' | '<=' | 'in' | 'is null' | 'is not null',
    readonly values: readonly T[] = [],
  ) {}
}

export const above = <T>(value: T): Condition<T> => new Condition('>', [value]);
export const atLeast = <T>(value: T): Condition<T> => new Condition('>=', [value]);
export const below = <T>(value: T): Condition<T> => new Condition('<', [value]);
export const atMost = <T>(value: T): Condition<T> => new Condition('<=', [value]);
/** One of these; of none, no row is meant. */
export const oneOf = <T>(values: readonly T[]): Condition<T> => new Condition('in', values);
export const missing = new Condition<never>('is null');
export const present = new Condition<never>('is not null');

/** Which rows are meant: those of which every member named is as it says. */
export type Where<R> = { readonly [K in keyof R]?: R[K] | Condition<R[K]> };

/** What is read, and in which order. Text is ordered by code points. */
export interface Selection<R, K extends keyof R> {
  /** Members that are read; all by default. */
  readonly members?: readonly K[];
  readonly where?: Where<R>;
  readonly orderBy?: readonly (keyof R & string)[];
  readonly descending?: boolean;
  readonly limit?: number;
  /** Rows that are passed over first. */
  readonly offset?: number;
}

/** Reads rows. Every method throws a retryable `VitalsError` `store-unavailable` if the database is away. */
export abstract class Reader {
  abstract select<R, K extends keyof R & string = keyof R & string>(
    table: Table<R>,
    selection?: Selection<R, K>,
  ): Promise<Pick<R, K>[]>;

  abstract count<R>(table: Table<R>): Promise<number>;

  /** The largest value of a member; `undefined` without any. */
  async max<R>(table: Table<R>, member: keyof R & string, where?: Where<R>): Promise<number | undefined> {
    const [row] = await this.select(table, {
      members: [member],
      orderBy: [member],
      descending: true,
      limit: 1,
      ...(where && { where }),
    });
    return row?.[member] as number | undefined;
  }

  /** All rows in the order of a unique member, some at a time. */
  async *pages<R, K extends keyof R & string>(table: Table<R>, by: K, size: number): AsyncGenerator<R[]> {
    for (let where: Where<R> = {}; ;) {
      const rows = (await this.select(table, { where, orderBy: [by], limit: size })) as R[];
      const last = rows.at(-1);
      if (!last) return;
      yield rows;
      where = { [by]: above(last[by]) } as Where<R>;
    }
  }
}

/** The guard of a patch: each row is changed only while this member of it has the value given for it. */
export interface Guard<R, K extends keyof R & string = keyof R & string> {
  readonly member: K;
  readonly was: readonly R[K][];
}

/**
 * Writes that become durable together, or not at all. Rows are values; one statement writes many of them, in the order
 * of their keys. All rows of a list name the same members. A key that is there twice is a TypeError, and what a column
 * cannot keep exactly a RangeError. What only writes may resolve before it is done: that the database refused it is told
 * by what is asked after it, or at the commit.
 */
export abstract class Transaction extends Reader {
  /** Adds rows. With `ifMissing`, those whose key is there already are passed over. */
  abstract insert<R>(
    table: Table<R>,
    rows: readonly Partial<R>[],
    how?: { readonly ifMissing: boolean },
  ): Promise<void>;

  /**
   * Adds rows, or overwrites members of those whose key is there: all that are given, or those of `overwrite`.
   * @param how `whileMissing`: a row that is there stays as it is unless this member of it is missing; `by`: finds rows by
   *   these members instead of the primary key
   */
  abstract put<R>(
    table: Table<R>,
    rows: readonly Partial<R>[],
    how?: {
      readonly overwrite?: readonly (keyof R & string)[];
      readonly whileMissing?: keyof R & string;
      readonly by?: readonly (keyof R & string)[];
    },
  ): Promise<void>;

  /** Adds rows, or adds their `amounts` to those of the rows whose key is there. */
  abstract accumulate<R>(
    table: Table<R>,
    rows: readonly R[],
    amounts: readonly (keyof R & string)[],
  ): Promise<void>;

  /** Overwrites the members given of rows that are there, found by their keys. */
  abstract patch<R>(table: Table<R>, rows: readonly Partial<R>[]): Promise<void>;

  /** As `patch`, of those rows that the guard lets through. @returns how many there were */
  abstract patchFound<R>(table: Table<R>, rows: readonly Partial<R>[], guard?: Guard<R>): Promise<number>;

  /** Overwrites members of all rows that are meant. @returns how many were changed */
  abstract update<R>(table: Table<R>, members: Partial<R>, where: Where<R>): Promise<number>;

  /** Adds a number, which may be negative, to a member of all rows. */
  abstract increase<R>(table: Table<R>, member: keyof R & string, by: number): Promise<void>;

  /** Removes the rows that are meant. */
  abstract remove<R>(table: Table<R>, where: Where<R>): Promise<void>;

  /** Takes `count` numbers that follow each other without a gap from all before them. @returns the first of them */
  abstract number<R>(table: Table<R>, member: keyof R & string, count: number): Promise<number>;

  /** Undoes what `run` wrote unless it returns true. */
  abstract attempt(run: () => Promise<boolean>): Promise<boolean>;
}

/** What a database or a backup holds. */
export interface ContentCounts {
  readonly providers: number;
  readonly services: number;
  readonly checks: number;
  /** The number of the last transition in it. */
  readonly sequence: number;
}

/**
 * Where the control plane keeps what must survive it. "Durable" means: survives power loss. Transactions run one at
 * a time, in the order of their calls. The only thing that features know of a database.
 */
export abstract class Database extends Reader {
  abstract readonly product: 'memory' | 'postgresql' | 'sqlite';

  /** Where it is, for people: a path, `:memory:`, or a URL without credentials. */
  abstract readonly place: string;

  /** Whether there was nothing in it when it was opened. */
  abstract readonly isNew: boolean;

  /**
   * Makes durable what `run` writes, or nothing of it. `run` may be called again if others wrote the same rows.
   * @param durable called once it is known to be durable, before anything else is written; that may be later than
   *   this rejected, where the connection to the database ended during the commit
   * @throws VitalsError `store-unavailable`; whatever `run` throws
   */
  abstract transaction<T>(
    run: (transaction: Transaction) => Promise<T>,
    durable?: (result: T) => void,
  ): Promise<T>;

  /** Runs between two transactions of this process, and holds back the next one. */
  abstract betweenCommits<T>(run: () => Promise<T>): Promise<T>;

  /** Whether other processes write to it too. */
  get isShared(): boolean {
    return false;
  }

  /** Memory is built from what was read: until now reads saw one moment, where others write too. */
  async booted(): Promise<void> {}

  /** Has this process end: what it has in memory is worth nothing any more. */
  giveUp(_why: string): void {}

  /** Whether this process can never write to it again, and has to be started anew. */
  get isGivenUp(): boolean {
    return false;
  }

  /** Why nothing can be written now, as far as that can be told without writing, and what to do. */
  abstract fault(): string | undefined;

  /** Puts right what can be put right while nothing is written; called each second. Rejects as `transaction`. */
  abstract tend(): Promise<void>;

  abstract content(): Promise<ContentCounts>;

  /** Takes out of the database all that was overwritten or removed of a table: it is nowhere any more. */
  abstract compact<R>(table: Table<R>): Promise<void>;

  /** Brings everything that is durable into the file that a backup copies. */
  abstract checkpoint(): Promise<void>;

  /** Closes the database; nothing may be asked of it after that. */
  abstract close(): Promise<void>;
}
