import { VitalsError } from '@vitals/core/errors';
import {
  Condition,
  type ContentCounts,
  Database,
  type Guard,
  type Selection,
  Transaction,
  type Where,
} from '../src/database/database.js';
import { inOrder } from '../src/database/row-order.js';
import type { StoredValue, Table } from '../src/database/table.js';

/** A row as it is stored, by its members. */
type Stored = Readonly<Record<string, StoredValue>>;

/** What a database throws while it is away. */
export function away(): VitalsError {
  return new VitalsError('store-unavailable', 'the disk is full');
}

/** What was written since a mark was set. */
export interface Mark {
  /** The names of the tables that were written to. */
  readonly tables: () => ReadonlySet<string>;
  /** Puts everything back as it was. */
  readonly undo: () => void;
  readonly keep: () => void;
}

/** Tables in memory: what outlives the processes that use them. */
export class MemoryTables {
  private readonly tables = new Map<string, Map<string, Stored>>();
  private readonly numbers = new Map<string, number>();
  private readonly written: { readonly table: string; readonly undo: () => void }[] = [];
  private marks = 0;

  rowsOf(table: string): ReadonlyMap<string, Stored> {
    return this.writable(table);
  }

  set(table: string, key: string, row: Stored): void {
    const rows = this.writable(table);
    this.note(table, rows, key);
    rows.set(key, row);
  }

  delete(table: string, key: string): void {
    const rows = this.writable(table);
    this.note(table, rows, key);
    rows.delete(key);
  }

  /** Gives out numbers. @returns the first */
  number(table: string, last: () => number, count: number): number {
    const before = this.numbers.get(table) ?? last();
    this.numbers.set(table, before + count);
    this.written.push({ table, undo: () => this.numbers.set(table, before) });
    return before + 1;
  }

  /** Marks what there is now. Marks are kept or undone in the opposite order. */
  mark(): Mark {
    const from = this.written.length;
    this.marks++;
    const keep = (): void => {
      if (--this.marks === 0) this.written.length = 0;
    };
    return {
      tables: () => new Set(this.written.slice(from).map(({ table }) => table)),
      undo: () => {
        while (this.written.length > from) this.written.pop()?.undo();
        keep();
      },
      keep,
    };
  }

  private writable(table: string): Map<string, Stored> {
    const rows = this.tables.get(table) ?? new Map<string, Stored>();
    this.tables.set(table, rows);
    return rows;
  }

  private note(table: string, rows: Map<string, Stored>, key: string): void {
    const before = rows.get(key);
    const undo = (): void => void (before ? rows.set(key, before) : rows.delete(key));
    this.written.push({ table, undo });
  }
}

/** A database in memory that can be made to fail and to wait; written and read as any other. */
export class MemoryDatabase extends Database {
  readonly product = 'memory';
  readonly place = ':memory:';
  readonly isNew = true;
  /** What the next transactions fail with, one after the other; `undefined` for one that succeeds. */
  readonly failures: (Error | undefined)[] = [];
  /** Every attempt to write, those that failed too. */
  attempts = 0;
  private held: Promise<void> | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(readonly tables = new MemoryTables()) {
    super();
  }

  /** Lets no transaction end until what is returned is called. */
  hold(): () => void {
    let release = (): void => undefined;
    this.held = new Promise((resolve) => (release = resolve));
    return () => {
      this.held = undefined;
      release();
    };
  }

  transaction<T>(run: (transaction: Transaction) => Promise<T>, durable?: (result: T) => void): Promise<T> {
    return this.betweenCommits(async () => {
      const result = await this.write(run);
      durable?.(result);
      return result;
    });
  }

  betweenCommits<T>(run: () => Promise<T>): Promise<T> {
    const next = this.turn.then(run);
    this.turn = next.catch(() => undefined);
    return next;
  }

  async select<R, K extends keyof R & string = keyof R & string>(
    table: Table<R>,
    selection: Selection<R, K> = {},
  ): Promise<Pick<R, K>[]> {
    return selectRows(this.tables, table, selection);
  }

  async count<R>(table: Table<R>): Promise<number> {
    return this.tables.rowsOf(table.name).size;
  }

  /** Puts rows in, as if they had been written before. */
  load<R>(table: Table<R>, rows: readonly Partial<R>[]): void {
    for (const row of rows) {
      const stored = encode(table, row);
      this.tables.set(table.name, keyOf(table, stored), stored);
    }
  }

  /** All rows of a table, as they are durable now. */
  rows<R>(table: Table<R>): R[] {
    return [...this.tables.rowsOf(table.name).values()].map((row) => table.decode(row, table.members) as R);
  }

  fault(): string | undefined {
    return undefined;
  }

  async tend(): Promise<void> {}

  async content(): Promise<ContentCounts> {
    const [providers, services, checks] = ['providers', 'services', 'checks'].map(
      (name) => this.tables.rowsOf(name).size,
    ) as [number, number, number];
    return { providers, services, checks, sequence: this.tables.rowsOf('transitions').size };
  }

  async compact(): Promise<void> {}

  async checkpoint(): Promise<void> {}

  async close(): Promise<void> {}

  protected async write<T>(run: (transaction: Transaction) => Promise<T>): Promise<T> {
    this.attempts++;
    await this.held;
    const failure = this.failures.shift();
    if (failure) throw failure;
    const mark = this.tables.mark();
    try {
      const result = await run(new MemoryTransaction(this.tables));
      mark.keep();
      return result;
    } catch (error) {
      mark.undo();
      throw error;
    }
  }
}

class MemoryTransaction extends Transaction {
  constructor(private readonly tables: MemoryTables) {
    super();
  }

  async select<R, K extends keyof R & string = keyof R & string>(
    table: Table<R>,
    selection: Selection<R, K> = {},
  ): Promise<Pick<R, K>[]> {
    return selectRows(this.tables, table, selection);
  }

  async count<R>(table: Table<R>): Promise<number> {
    return this.tables.rowsOf(table.name).size;
  }

  async insert<R>(
    table: Table<R>,
    rows: readonly Partial<R>[],
    how?: { readonly ifMissing: boolean },
  ): Promise<void> {
    assertEachOnce(table, rows, table.keys);
    for (const row of rows) {
      const stored = encode(table, row);
      const known = this.find(table, stored, table.keys);
      if (known && !how?.ifMissing) throw new Error(`UNIQUE constraint failed: ${table.name}`);
      if (!known) this.set(table, stored);
    }
  }

  async put<R>(
    table: Table<R>,
    rows: readonly Partial<R>[],
    how: {
      readonly overwrite?: readonly (keyof R & string)[];
      readonly whileMissing?: keyof R & string;
      readonly by?: readonly (keyof R & string)[];
    } = {},
  ): Promise<void> {
    assertEachOnce(table, rows, how.by ?? table.keys);
    for (const row of rows) {
      const stored = encode(table, row);
      const known = this.find(table, stored, how.by ?? table.keys);
      if (!known) this.set(table, stored);
      else if (how.whileMissing === undefined || known[how.whileMissing] === null) {
        this.set(
          table,
          { ...known, ...(how.overwrite ? pick(stored, how.overwrite) : given(table, row, stored)) },
          known,
        );
      }
    }
  }

  async accumulate<R>(
    table: Table<R>,
    rows: readonly R[],
    amounts: readonly (keyof R & string)[],
  ): Promise<void> {
    assertEachOnce(table, rows, table.keys);
    for (const row of rows) {
      const stored = encode(table, row);
      const known = this.find(table, stored, table.keys);
      const sums = amounts.map((member) => [member, Number(known?.[member] ?? 0) + Number(stored[member])]);
      this.set(table, { ...stored, ...Object.fromEntries(sums) }, known);
    }
  }

  async patch<R>(table: Table<R>, rows: readonly Partial<R>[]): Promise<void> {
    await this.patchFound(table, rows);
  }

  async patchFound<R>(table: Table<R>, rows: readonly Partial<R>[], guard?: Guard<R>): Promise<number> {
    assertEachOnce(table, rows, table.keys);
    let changed = 0;
    for (const [index, row] of rows.entries()) {
      const stored = encode(table, row);
      const known = this.find(table, stored, table.keys);
      if (!known || (guard && known[guard.member] !== guard.was[index])) continue;
      this.set(table, { ...known, ...given(table, row, stored) }, known);
      changed++;
    }
    return changed;
  }

  async update<R>(table: Table<R>, members: Partial<R>, where: Where<R>): Promise<number> {
    const rows = meant(this.tables, table, where);
    const stored = given(table, members, encode(table, members));
    for (const row of rows) this.set(table, { ...row, ...stored }, row);
    return rows.length;
  }

  async increase<R>(table: Table<R>, member: keyof R & string, by: number): Promise<void> {
    for (const row of meant(this.tables, table, {}))
      this.set(table, { ...row, [member]: Number(row[member]) + by }, row);
  }

  async remove<R>(table: Table<R>, where: Where<R>): Promise<void> {
    for (const row of meant(this.tables, table, where)) this.tables.delete(table.name, keyOf(table, row));
  }

  async number<R>(table: Table<R>, member: keyof R & string, count: number): Promise<number> {
    const rows = this.tables.rowsOf(table.name);
    const last = (): number => Math.max(0, ...[...rows.values()].map((row) => Number(row[member])));
    return this.tables.number(table.name, last, count);
  }

  async attempt(run: () => Promise<boolean>): Promise<boolean> {
    const mark = this.tables.mark();
    const isKept = await run();
    if (isKept) mark.keep();
    else mark.undo();
    return isKept;
  }

  private find<R>(table: Table<R>, stored: Stored, by: readonly string[]): Stored | undefined {
    if (by === table.keys) return this.tables.rowsOf(table.name).get(keyOf(table, stored));
    const rows = [...this.tables.rowsOf(table.name).values()];
    return rows.find((row) => by.every((member) => row[member] === stored[member]));
  }

  private set<R>(table: Table<R>, stored: Stored, before?: Stored): void {
    const rows = this.tables.rowsOf(table.name);
    if (before) this.tables.delete(table.name, keyOf(table, before));
    const [key] = table.keys;
    // a key that is not given is the next number
    const whole = key !== undefined && stored[key] === null ? { ...stored, [key]: rows.size + 1 } : stored;
    this.tables.set(table.name, keyOf(table, whole), whole);
  }
}

function selectRows<R, K extends keyof R & string>(
  tables: MemoryTables,
  table: Table<R>,
  {
    members = table.members as K[],
    where = {},
    orderBy = [],
    descending,
    limit,
    offset = 0,
  }: Selection<R, K>,
): Pick<R, K>[] {
  const sign = descending ? -1 : 1;
  const rows = meant(tables, table, where).toSorted((a, b) => {
    for (const member of orderBy) {
      const order = compare(a[member] ?? null, b[member] ?? null);
      if (order !== 0) return sign * order;
    }
    return 0;
  });
  return rows
    .slice(offset, limit === undefined ? undefined : offset + limit)
    .map((row) => table.decode(row, members));
}

function meant<R>(tables: MemoryTables, table: Table<R>, where: Where<R>): Stored[] {
  const terms = Object.entries(where) as [keyof R & string, unknown][];
  return candidates(tables, table, where).filter((row) =>
    terms.every(([member, value]) => {
      const encoded = (one: unknown): StoredValue => table.columns[member].encode(one as never);
      return value instanceof Condition
        ? holds(value.operator, row[member] ?? null, value.values.map(encoded))
        : row[member] === encoded(value);
    }),
  );
}

/** All rows that may be meant: those of the keys that are named, if there is one column of them. */
function candidates<R>(tables: MemoryTables, table: Table<R>, where: Where<R>): Stored[] {
  const rows = tables.rowsOf(table.name);
  const [key] = table.keys;
  const named = key === undefined || table.keys.length > 1 ? undefined : where[key];
  const isList = named instanceof Condition && named.operator === 'in';
  if (key === undefined || named === undefined || (named instanceof Condition && !isList))
    return [...rows.values()];
  const values = (isList ? (named as Condition<unknown>).values : [named]) as R[typeof key][];
  const encoded = new Set(values.map((value) => JSON.stringify([table.columns[key].encode(value)])));
  return [...encoded].map((text) => rows.get(text)).filter((row) => row !== undefined);
}

function holds(
  operator: Condition<unknown>['operator'],
  stored: StoredValue,
  values: readonly StoredValue[],
): boolean {
  const [value = null] = values;
  switch (operator) {
    case '>':
      return stored !== null && compare(stored, value) > 0;
    case '>=':
      return stored !== null && compare(stored, value) >= 0;
    case '<':
      return stored !== null && compare(stored, value) < 0;
    case '<=':
      return stored !== null && compare(stored, value) <= 0;
    case 'in':
      return values.includes(stored);
    case 'is null':
      return stored === null;
    case 'is not null':
      return stored !== null;
    default:
      return operator satisfies never;
  }
}

/** Numbers by their size, texts by their code points; what is missing comes first. */
function compare(one: StoredValue, other: StoredValue): number {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? -1 : 1;
  if (typeof one === 'string' && typeof other === 'string')
    return Buffer.compare(Buffer.from(one), Buffer.from(other));
  return one < other ? -1 : 1;
}

/** @throws TypeError if a key is there twice, as every database has it */
function assertEachOnce<R>(
  table: Table<R>,
  rows: readonly Partial<R>[],
  by: readonly (keyof R & string)[],
): void {
  const [first] = rows;
  if (!first || !by.every((member) => Object.hasOwn(first, member))) return;
  inOrder(table.name, table.encode(rows, by), [...by.keys()]);
}

function encode<R>(table: Table<R>, row: Partial<R>): Stored {
  const members = table.members;
  const values = members.map((member) =>
    Object.hasOwn(row, member) ? table.columns[member].encode(row[member] as never) : null,
  );
  return Object.fromEntries(members.map((member, index) => [member, values[index] as StoredValue]));
}

function given<R>(table: Table<R>, row: Partial<R>, stored: Stored): Stored {
  return pick(
    stored,
    table.members.filter((member) => Object.hasOwn(row, member)),
  );
}

function pick(stored: Stored, members: readonly string[]): Stored {
  return Object.fromEntries(members.map((member) => [member, stored[member] as StoredValue]));
}

function keyOf<R>(table: Table<R>, stored: Stored): string {
  return JSON.stringify(table.keys.map((member) => stored[member]));
}
