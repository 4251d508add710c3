import { type Guard, type Selection, Transaction, type Where } from './database.js';
import type { Sql } from './dialect.js';
import type { Conflict, StatementBuilder } from './sql.js';
import type { StoredValue, Table } from './table.js';

/** The last number that was given in each numbered table. */
export type Numbers = Map<string, number>;

/** Runs statements, on one connection. */
export interface Statements {
  /** Writes. It may resolve before that is done: why it failed is told by whatever is asked next, or at the commit. */
  write(sql: Sql): Promise<void>;
  /** @returns how many rows were changed */
  run(sql: Sql): Promise<number>;
  all(sql: Sql): Promise<Readonly<Record<string, StoredValue>>[]>;
}

/** Writes rows with SQL, many with one statement. */
export class SqlTransaction extends Transaction {
  /** @param numbers taken back by the caller if the transaction is */
  constructor(
    private readonly statements: Statements,
    private readonly builder: StatementBuilder,
    private readonly numbers: Numbers,
  ) {
    super();
  }

  select<R, K extends keyof R & string = keyof R & string>(
    table: Table<R>,
    selection: Selection<R, K> = {},
  ): Promise<Pick<R, K>[]> {
    return selectRows(this.statements, this.builder, table, selection);
  }

  count<R>(table: Table<R>): Promise<number> {
    return countRows(this.statements, table);
  }

  insert<R>(
    table: Table<R>,
    rows: readonly Partial<R>[],
    how?: { readonly ifMissing: boolean },
  ): Promise<void> {
    return this.insertAll(table, rows, how?.ifMissing ? { by: table.keys, overwrite: [] } : undefined);
  }

  put<R>(
    table: Table<R>,
    rows: readonly Partial<R>[],
    { by = table.keys, overwrite, whileMissing }: Omit<Partial<Conflict<R>>, 'isSum'> = {},
  ): Promise<void> {
    return this.insertAll(table, rows, { by, overwrite, whileMissing });
  }

  accumulate<R>(table: Table<R>, rows: readonly R[], amounts: readonly (keyof R & string)[]): Promise<void> {
    return this.insertAll(table, rows, { by: table.keys, overwrite: amounts, isSum: true });
  }

  async patch<R>(table: Table<R>, rows: readonly Partial<R>[]): Promise<void> {
    if (rows.length > 0) await this.statements.write(this.builder.patch(table, rows));
  }

  async patchFound<R>(table: Table<R>, rows: readonly Partial<R>[], guard?: Guard<R>): Promise<number> {
    return rows.length === 0 ? 0 : this.statements.run(this.builder.patch(table, rows, guard));
  }

  async update<R>(table: Table<R>, members: Partial<R>, where: Where<R>): Promise<number> {
    return this.statements.run(this.builder.update(table, members, where));
  }

  async increase<R>(table: Table<R>, member: keyof R & string, by: number): Promise<void> {
    await this.statements.write(this.builder.increase(table, member, by));
  }

  async remove<R>(table: Table<R>, where: Where<R>): Promise<void> {
    await this.statements.write(this.builder.remove(table, where));
  }

  async number<R>(table: Table<R>, member: keyof R & string, count: number): Promise<number> {
    const last = this.numbers.get(table.name) ?? (await this.max(table, member)) ?? 0;
    this.numbers.set(table.name, last + count);
    return last + 1;
  }

  async attempt(run: () => Promise<boolean>): Promise<boolean> {
    const numbers = new Map(this.numbers);
    await this.statements.write({ text: 'SAVEPOINT attempt', parameters: [] });
    const isKept = await run();
    if (!isKept) {
      restoreNumbers(this.numbers, numbers);
      await this.statements.write({ text: 'ROLLBACK TO SAVEPOINT attempt', parameters: [] });
    }
    await this.statements.write({ text: 'RELEASE SAVEPOINT attempt', parameters: [] });
    return isKept;
  }

  private async insertAll<R>(
    table: Table<R>,
    rows: readonly Partial<R>[],
    conflict?: Conflict<R>,
  ): Promise<void> {
    if (rows.length > 0) await this.statements.write(this.builder.insert(table, rows, conflict));
  }
}

export async function selectRows<R, K extends keyof R & string>(
  statements: Statements,
  builder: StatementBuilder,
  table: Table<R>,
  selection: Selection<R, K>,
): Promise<Pick<R, K>[]> {
  const members = selection.members ?? (table.members as K[]);
  const rows = await statements.all(builder.select(table, members, selection));
  return rows.map((row) => table.decode(row, members));
}

export async function countRows<R>(statements: Statements, table: Table<R>): Promise<number> {
  const [row] = await statements.all({ text: `SELECT count(*) AS count FROM ${table.name}`, parameters: [] });
  return Number(row?.['count']);
}

/** Takes numbers back that were given since. */
export function restoreNumbers(numbers: Numbers, before: Numbers): void {
  numbers.clear();
  for (const [name, last] of before) numbers.set(name, last);
}
