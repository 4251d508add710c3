import { Condition, type Guard, type Selection, type Where } from './database.js';
import type { Dialect, Parameter, Sql } from './dialect.js';
import { inOrder } from './row-order.js';
import type { StorageType, StoredValue, Table } from './table.js';

/** What is constant in a condition is written into it, so that an index on a part of a table can serve it. */
const PLAIN_WORD = /^[a-z]+$/i;

/** How rows are written, formed once for all that name the same members. */
interface Plan<R> {
  /** What the first row names; all rows name the same. */
  readonly members: readonly (keyof R & string)[];
  /** Where among the members a row has what it is found by. */
  readonly found: readonly number[];
  /** The statement for one row, with a parameter for each member; of patches there is none. */
  readonly one?: string;
  /** The statement for many rows. */
  readonly many: string;
}

/** What becomes of rows whose key is there already: members are overwritten, or added up; of none, nothing is. */
export interface Conflict<R> {
  readonly by: readonly (keyof R & string)[];
  /** Default: all that are given, but for `by`. */
  readonly overwrite?: readonly (keyof R & string)[] | undefined;
  readonly isSum?: boolean;
  /** Only of rows in which this member is missing. */
  readonly whileMissing?: (keyof R & string) | undefined;
}

/** Forms the statements that rows are read and written with. */
export class StatementBuilder {
  /** Of each table, by what tells its plans apart: there are few, and each is needed often. */
  private readonly plans = new WeakMap<object, Map<string, Plan<never>>>();

  constructor(private readonly dialect: Dialect) {}

  /** Reads rows under the names of their members. */
  select<R, K extends keyof R & string>(
    table: Table<R>,
    members: readonly K[],
    { where, orderBy, descending, limit, offset }: Selection<R, K>,
  ): Sql {
    const columns = members.map((member) => `${table.columnOf(member)} AS "${member}"`).join(', ');
    const parameters: Parameter[] = [];
    const condition = this.where(table, where ?? {}, parameters);
    const order = orderBy
      ?.map((member) => `${table.columnOf(member)}${descending ? ' DESC' : ''}`)
      .join(', ');
    const parts = [`SELECT ${columns} FROM ${table.name}${condition}`];
    if (order) parts.push(`ORDER BY ${order}`);
    if (limit !== undefined || offset !== undefined) {
      const most = this.add(parameters, limit ?? this.dialect.unlimited);
      parts.push(`LIMIT ${most} OFFSET ${this.add(parameters, offset ?? 0)}`);
    }
    return { text: parts.join(' '), parameters };
  }

  update<R>(table: Table<R>, members: Partial<R>, where: Where<R>): Sql {
    const names = Object.keys(members) as (keyof R & string)[];
    const parameters: Parameter[] = table.encode([members], names).flat();
    const set = names.map(
      (member, place) => `${table.columnOf(member)} = ${this.dialect.parameter(place + 1)}`,
    );
    const condition = this.where(table, where, parameters);
    return { text: `UPDATE ${table.name} SET ${set.join(', ')}${condition}`, parameters };
  }

  increase<R>(table: Table<R>, member: keyof R & string, by: number): Sql {
    const column = table.columnOf(member);
    const text = `UPDATE ${table.name} SET ${column} = ${column} + ${this.dialect.parameter(1)}`;
    return { text, parameters: [by] };
  }

  remove<R>(table: Table<R>, where: Where<R>): Sql {
    const parameters: Parameter[] = [];
    return { text: `DELETE FROM ${table.name}${this.where(table, where, parameters)}`, parameters };
  }

  /** Adds rows; without `conflict` a key that is there already is an error. @throws as `Table.encode` and `inOrder` do */
  insert<R>(table: Table<R>, rows: readonly Partial<R>[], conflict?: Conflict<R>): Sql {
    const { by, overwrite, isSum, whileMissing } = conflict ?? { by: [] };
    const about = `${isSum ? 'sum' : 'put'} ${table.signOf(by)} ${overwrite && table.signOf(overwrite)} ${whileMissing}`;
    const plan = this.planOf(table, rows, about, (members) => {
      const columns = members.map((member) => table.columnOf(member)).join(', ');
      const head = `INSERT INTO ${table.name} (${columns})`;
      const parameters = members.map((_member, place) => this.dialect.parameter(place + 1)).join(', ');
      const values = members.map((_member, place) => this.dialect.value(place)).join(', ');
      const source = this.dialect.source(typesOf(table, members), 1);
      const onConflict = conflict ? conflictText(table, members, conflict) : '';
      return {
        found: placesOf(members, conflict?.by ?? table.keys),
        one: `${head} VALUES (${parameters})${onConflict}`,
        // "true" keeps SQLite from taking ON CONFLICT for the condition of a join
        many: `${head} SELECT ${values} FROM ${source} WHERE true${onConflict}`,
      };
    });
    return this.written(table, plan, table.encode(rows, plan.members));
  }

  /** Overwrites members of rows found by their keys, each only while a member of it is what it was. @throws as `insert` */
  patch<R>(table: Table<R>, rows: readonly Partial<R>[], guard?: Guard<R>): Sql {
    const plan = this.planOf(table, rows, `patch ${guard?.member ?? ''}`, (members) => {
      const places = members.map((member, place) => ({ member, value: this.dialect.value(place) }));
      const isKey = ({ member }: (typeof places)[0]): boolean => table.keys.includes(member);
      const told = (each: typeof places, of = ''): string[] =>
        each.map(({ member, value }) => `${of}${table.columnOf(member)} = ${value}`);
      const found = places.filter(isKey);
      if (guard) found.push({ member: guard.member, value: this.dialect.value(members.length) });
      const set = told(places.filter((one) => !isKey(one))).join(', ');
      const where = told(found, `${table.name}.`).join(' AND ');
      const types = typesOf(table, guard ? [...members, guard.member] : members);
      const many = `UPDATE ${table.name} SET ${set} FROM ${this.dialect.source(types, 1)} WHERE ${where}`;
      return { found: placesOf(members, table.keys), many };
    });
    const encoded = table.encode(rows, plan.members);
    if (guard) {
      const { encode } = table.columns[guard.member];
      for (const [index, row] of encoded.entries()) row.push(encode(guard.was[index] as never));
    }
    return this.written(table, plan, encoded);
  }

  private written<R>(table: Table<R>, { one, many, found }: Plan<R>, encoded: StoredValue[][]): Sql {
    const [only] = encoded;
    if (one !== undefined && only && encoded.length === 1) return { text: one, parameters: only };
    const rows = inOrder(table.name, encoded, found);
    return { text: many, parameters: this.dialect.rows(rows, only?.length ?? 0) };
  }

  private add(parameters: Parameter[], value: Parameter): string {
    return this.dialect.parameter(parameters.push(value));
  }

  /** ` WHERE …`, or nothing for all rows; adds its parameters to those that are there. */
  private where<R>(table: Table<R>, where: Where<R>, parameters: Parameter[]): string {
    const terms = (Object.keys(where) as (keyof R & string)[]).map((member) => {
      const value = where[member] as Condition<R[typeof member]> | R[typeof member];
      const column = table.columnOf(member);
      const encode = (one: R[typeof member]): StoredValue => table.columns[member].encode(one);
      if (!(value instanceof Condition)) return `${column} = ${this.add(parameters, encode(value))}`;
      const { operator, values } = value;
      if (values.length === 0 && operator !== 'in') return `${column} ${operator}`;
      const encoded = values.map(encode);
      if (operator !== 'in') return `${column} ${operator} ${this.add(parameters, encoded[0] ?? null)}`;
      if (encoded.length > 0 && encoded.every((one) => typeof one === 'string' && PLAIN_WORD.test(one))) {
        return `${column} IN (${encoded.map((one) => `'${one}'`).join(', ')})`;
      }
      return this.dialect.isOneOf(column, this.add(parameters, this.dialect.list(encoded)));
    });
    return terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`;
  }

  private planOf<R>(
    table: Table<R>,
    [first]: readonly Partial<R>[],
    about: string,
    form: (members: readonly (keyof R & string)[]) => Omit<Plan<R>, 'members'>,
  ): Plan<R> {
    let known = this.plans.get(table) as Map<string, Plan<R>> | undefined;
    if (!known) this.plans.set(table, (known = new Map<string, Plan<R>>()) as never);
    const key = `${first ? table.signOfGiven(first) : 0} ${about}`;
    let plan = known.get(key);
    if (!plan) {
      const members = table.members.filter((member) => first && Object.hasOwn(first, member));
      known.set(key, (plan = { members, ...form(members) }));
    }
    return plan;
  }
}

function conflictText<R>(
  table: Table<R>,
  members: readonly (keyof R & string)[],
  { by, overwrite = members.filter((member) => !by.includes(member)), isSum, whileMissing }: Conflict<R>,
): string {
  const target = by.map((member) => table.columnOf(member)).join(', ');
  const set = overwrite.map((member) => {
    const column = table.columnOf(member);
    return `${column} = ${isSum ? `${table.name}.${column} + ` : ''}excluded.${column}`;
  });
  const guard = whileMissing ? ` WHERE ${table.name}.${table.columnOf(whileMissing)} IS NULL` : '';
  return ` ON CONFLICT (${target}) DO ${set.length === 0 ? 'NOTHING' : `UPDATE SET ${set.join(', ')}`}${guard}`;
}

function typesOf<R>(table: Table<R>, members: readonly (keyof R & string)[]): readonly StorageType[] {
  return members.map((member) => table.columns[member].type);
}

/** Where members lie among others; nothing unless all of them do. */
function placesOf(members: readonly string[], sought: readonly string[]): readonly number[] {
  const places = sought.map((member) => members.indexOf(member));
  return places.includes(-1) ? [] : places;
}
