import type { QueryRunner } from 'typeorm';
import { type Guard, type Selection, Transaction, type Where } from '../database.js';
import type { StoredValue, Table } from '../table.js';
import { conflictSql, insertSql, patchSql, selectSql, type Sql, whereSql } from './sqlite.sql.js';

/** The last number that was given in each numbered table. */
export type Numbers = Map<string, number>;

/** Writes rows to SQLite: many with one statement, which reads them from one JSON text. */
export class SqliteTransaction extends Transaction {
  /** @param numbers taken back by the caller if the transaction is */
  constructor(
    private readonly runner: QueryRunner,
    private readonly numbers: Numbers,
  ) {
    super();
  }

  async select<R, K extends keyof R & string = keyof R & string>(
    table: Table<R>,
    selection: Selection<R, K> = {},
  ): Promise<Pick<R, K>[]> {
    return selectRows(this.runner, table, selection);
  }

  count<R>(table: Table<R>): Promise<number> {
    return countRows(this.runner, table);
  }

  async insert<R>(
    table: Table<R>,
    rows: readonly Partial<R>[],
    how?: { readonly ifMissing: boolean },
  ): Promise<void> {
    const conflict = how?.ifMissing ? conflictSql(table, table.keys, [], 'overwrite') : '';
    if (rows.length > 0) await this.run(insertSql(table, rows, membersOf(table, rows), conflict));
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
    if (rows.length === 0) return;
    const members = membersOf(table, rows);
    const {
      by = table.keys,
      overwrite = members.filter((member) => !by.includes(member)),
      whileMissing,
    } = how;
    const guard =
      whileMissing === undefined ? '' : ` WHERE ${table.name}.${table.columnOf(whileMissing)} IS NULL`;
    const conflict = conflictSql(table, by, overwrite, 'overwrite') + guard;
    await this.run(insertSql(table, rows, members, conflict));
  }

  async accumulate<R>(
    table: Table<R>,
    rows: readonly R[],
    amounts: readonly (keyof R & string)[],
  ): Promise<void> {
    const conflict = conflictSql(table, table.keys, amounts, 'add');
    if (rows.length > 0) await this.run(insertSql(table, rows, membersOf(table, rows), conflict));
  }

  async patch<R>(table: Table<R>, rows: readonly Partial<R>[], guard?: Guard<R>): Promise<number> {
    return rows.length === 0 ? 0 : this.run(patchSql(table, rows, membersOf(table, rows), guard));
  }

  update<R>(table: Table<R>, members: Partial<R>, where: Where<R>): Promise<number> {
    const names = Object.keys(members) as (keyof R & string)[];
    const set = names.map((member) => `${table.columnOf(member)} = ?`).join(', ');
    const { text, parameters } = whereSql(table, where);
    return this.run({
      text: `UPDATE ${table.name} SET ${set}${text}`,
      parameters: [...table.encode(members, names), ...parameters],
    });
  }

  async increase<R>(table: Table<R>, member: keyof R & string, by: number): Promise<void> {
    const column = table.columnOf(member);
    await this.run({ text: `UPDATE ${table.name} SET ${column} = ${column} + ?`, parameters: [by] });
  }

  remove<R>(table: Table<R>, where: Where<R>): Promise<number> {
    const { text, parameters } = whereSql(table, where);
    return this.run({ text: `DELETE FROM ${table.name}${text}`, parameters });
  }

  async number<R>(table: Table<R>, member: keyof R & string, count: number): Promise<number> {
    const last = this.numbers.get(table.name) ?? (await this.max(table, member)) ?? 0;
    this.numbers.set(table.name, last + count);
    return last + 1;
  }

  async attempt(run: () => Promise<boolean>): Promise<boolean> {
    const numbers = new Map(this.numbers);
    await this.runner.query('SAVEPOINT attempt');
    const isKept = await run();
    if (!isKept) {
      restoreNumbers(this.numbers, numbers);
      await this.runner.query('ROLLBACK TO attempt');
    }
    await this.runner.query('RELEASE attempt');
    return isKept;
  }

  private async run({ text, parameters }: Sql): Promise<number> {
    const { affected } = await this.runner.query(text, parameters, true);
    return affected ?? 0;
  }
}

/** Whoever can run a statement. */
interface Queries {
  query(text: string, parameters?: StoredValue[]): Promise<unknown>;
}

export async function selectRows<R, K extends keyof R & string>(
  queries: Queries,
  table: Table<R>,
  selection: Selection<R, K>,
): Promise<Pick<R, K>[]> {
  const members = selection.members ?? (table.members as K[]);
  const { text, parameters } = selectSql(table, members, selection);
  const rows = (await queries.query(text, parameters)) as Readonly<Record<string, StoredValue>>[];
  return rows.map((row) => table.decode(row, members));
}

export async function countRows<R>(queries: Queries, table: Table<R>): Promise<number> {
  const [row] = (await queries.query(`SELECT count(*) AS count FROM ${table.name}`)) as [{ count: number }];
  return row.count;
}

/** Takes numbers back that were given since. */
export function restoreNumbers(numbers: Numbers, before: Numbers): void {
  numbers.clear();
  for (const [name, last] of before) numbers.set(name, last);
}

/** What the first row names; all rows name the same. */
function membersOf<R>(table: Table<R>, [first]: readonly Partial<R>[]): (keyof R & string)[] {
  return table.members.filter((member) => first && Object.hasOwn(first, member));
}
