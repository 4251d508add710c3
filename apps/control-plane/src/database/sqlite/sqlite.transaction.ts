import { type Guard, type Selection, Transaction, type Where } from '../database.js';
import type { StoredValue, Table } from '../table.js';
import type { Connection, Prepared } from './connection.js';
import { type Conflict, insertSql, patchSql, selectSql, type Sql, whereSql } from './sqlite.sql.js';

/** The last number that was given in each numbered table. */
export type Numbers = Map<string, number>;

/** Writes rows to SQLite: many with one statement, which reads them from one JSON text. */
export class SqliteTransaction extends Transaction {
  /** @param numbers taken back by the caller if the transaction is */
  constructor(
    private readonly statements: Statements,
    private readonly numbers: Numbers,
  ) {
    super();
  }

  async select<R, K extends keyof R & string = keyof R & string>(
    table: Table<R>,
    selection: Selection<R, K> = {},
  ): Promise<Pick<R, K>[]> {
    return selectRows(this.statements, table, selection);
  }

  async count<R>(table: Table<R>): Promise<number> {
    return countRows(this.statements, table);
  }

  async insert<R>(
    table: Table<R>,
    rows: readonly Partial<R>[],
    how?: { readonly ifMissing: boolean },
  ): Promise<void> {
    this.insertAll(table, rows, how?.ifMissing ? { by: table.keys, overwrite: [] } : undefined);
  }

  async put<R>(
    table: Table<R>,
    rows: readonly Partial<R>[],
    { by = table.keys, overwrite, whileMissing }: Omit<Partial<Conflict<R>>, 'isSum'> = {},
  ): Promise<void> {
    this.insertAll(table, rows, { by, overwrite, whileMissing });
  }

  async accumulate<R>(
    table: Table<R>,
    rows: readonly R[],
    amounts: readonly (keyof R & string)[],
  ): Promise<void> {
    this.insertAll(table, rows, { by: table.keys, overwrite: amounts, isSum: true });
  }

  async patch<R>(table: Table<R>, rows: readonly Partial<R>[], guard?: Guard<R>): Promise<number> {
    return rows.length === 0 ? 0 : this.run(patchSql(table, rows, guard));
  }

  async update<R>(table: Table<R>, members: Partial<R>, where: Where<R>): Promise<number> {
    const names = Object.keys(members) as (keyof R & string)[];
    const set = names.map((member) => `${table.columnOf(member)} = ?`).join(', ');
    const { text, parameters } = whereSql(table, where);
    return this.run({
      text: `UPDATE ${table.name} SET ${set}${text}`,
      parameters: [...table.encode([members], names).flat(), ...parameters],
    });
  }

  async increase<R>(table: Table<R>, member: keyof R & string, by: number): Promise<void> {
    const column = table.columnOf(member);
    this.run({ text: `UPDATE ${table.name} SET ${column} = ${column} + ?`, parameters: [by] });
  }

  async remove<R>(table: Table<R>, where: Where<R>): Promise<number> {
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
    this.statements.run('SAVEPOINT attempt');
    const isKept = await run();
    if (!isKept) {
      restoreNumbers(this.numbers, numbers);
      this.statements.run('ROLLBACK TO attempt');
    }
    this.statements.run('RELEASE attempt');
    return isKept;
  }

  private insertAll<R>(table: Table<R>, rows: readonly Partial<R>[], conflict?: Conflict<R>): void {
    if (rows.length > 0) this.run(insertSql(table, rows, conflict));
  }

  private run({ text, parameters }: Sql): number {
    return this.statements.run(text, parameters);
  }
}

/** Statements of a connection, each prepared once. */
export class Statements {
  private readonly prepared = new Map<string, Prepared>();

  constructor(private readonly connection: Connection) {}

  /** @returns how many rows were changed */
  run(text: string, parameters: readonly StoredValue[] = []): number {
    return (this.of(text).run(parameters) as { changes: number }).changes;
  }

  all(text: string, parameters: readonly StoredValue[] = []): Readonly<Record<string, StoredValue>>[] {
    return this.of(text).all(parameters) as Readonly<Record<string, StoredValue>>[];
  }

  private of(text: string): Prepared {
    const known = this.prepared.get(text);
    if (known) return known;
    const statement = this.connection.prepare(text);
    this.prepared.set(text, statement);
    return statement;
  }
}

export function selectRows<R, K extends keyof R & string>(
  statements: Statements,
  table: Table<R>,
  selection: Selection<R, K>,
): Pick<R, K>[] {
  const members = selection.members ?? (table.members as K[]);
  const { text, parameters } = selectSql(table, members, selection);
  return statements.all(text, parameters).map((row) => table.decode(row, members));
}

export function countRows<R>(statements: Statements, table: Table<R>): number {
  return Number(statements.all(`SELECT count(*) AS count FROM ${table.name}`)[0]?.['count']);
}

/** Takes numbers back that were given since. */
export function restoreNumbers(numbers: Numbers, before: Numbers): void {
  numbers.clear();
  for (const [name, last] of before) numbers.set(name, last);
}
