import { Condition, type Guard, type Selection, type Where } from '../database.js';
import type { StoredValue, Table } from '../table.js';

/** A statement and its parameters. */
export interface Sql {
  readonly text: string;
  readonly parameters: StoredValue[];
}

/** What is constant in a condition is written into it, so that an index on a part of a table can serve it. */
const PLAIN_WORD = /^[a-z]+$/i;

/** How rows are written, formed once for all that name the same members. */
interface Plan<R> {
  /** What the first row names; all rows name the same. */
  readonly members: readonly (keyof R & string)[];
  /** Where among the members a row has what it is found by. */
  readonly found: readonly number[];
  /** The statement for one row, with a parameter for each member, and for many, with one. */
  readonly one: string;
  readonly many: string;
}

/** Of each table, by what tells its plans apart: there are few, and each is needed often. */
const plans = new WeakMap<object, Map<string, Plan<never>>>();

function planOf<R>(
  table: Table<R>,
  [first]: readonly Partial<R>[],
  about: string,
  form: (members: readonly (keyof R & string)[]) => Omit<Plan<R>, 'members'>,
): Plan<R> {
  let known = plans.get(table) as Map<string, Plan<R>> | undefined;
  if (!known) plans.set(table, (known = new Map<string, Plan<R>>()) as never);
  const key = `${first ? table.signOfGiven(first) : 0} ${about}`;
  let plan = known.get(key);
  if (!plan) {
    const members = table.members.filter((member) => first && Object.hasOwn(first, member));
    known.set(key, (plan = { members, ...form(members) }));
  }
  return plan;
}

/** Reads rows under the names of their members. */
export function selectSql<R, K extends keyof R & string>(
  table: Table<R>,
  members: readonly K[],
  { where, orderBy, descending, limit, offset }: Selection<R, K>,
): Sql {
  const columns = members.map((member) => `${table.columnOf(member)} AS "${member}"`).join(', ');
  const condition = whereSql(table, where ?? {});
  const order = orderBy?.map((member) => `${table.columnOf(member)}${descending ? ' DESC' : ''}`).join(', ');
  const parts = [`SELECT ${columns} FROM ${table.name}${condition.text}`];
  if (order) parts.push(`ORDER BY ${order}`);
  const { parameters } = condition;
  if (limit !== undefined || offset !== undefined) {
    parts.push('LIMIT ? OFFSET ?');
    parameters.push(limit ?? -1, offset ?? 0);
  }
  return { text: parts.join(' '), parameters };
}

/** ` WHERE …`, or nothing for all rows. */
export function whereSql<R>(table: Table<R>, where: Where<R>): Sql {
  const parameters: StoredValue[] = [];
  const terms = (Object.keys(where) as (keyof R & string)[]).map((member) => {
    const value = where[member] as Condition<R[typeof member]> | R[typeof member];
    const column = table.columnOf(member);
    const encode = (one: R[typeof member]): StoredValue => table.columns[member].encode(one);
    if (!(value instanceof Condition)) {
      parameters.push(encode(value));
      return `${column} = ?`;
    }
    const { operator, values } = value;
    if (values.length === 0 && operator !== 'in') return `${column} ${operator}`;
    if (operator !== 'in') {
      parameters.push(encode(values[0] as R[typeof member]));
      return `${column} ${operator} ?`;
    }
    const encoded = values.map(encode);
    if (encoded.length > 0 && encoded.every((one) => typeof one === 'string' && PLAIN_WORD.test(one))) {
      return `${column} IN (${encoded.map((one) => `'${one}'`).join(', ')})`;
    }
    parameters.push(JSON.stringify(encoded));
    return `${column} IN (SELECT value FROM json_each(?))`;
  });
  return { text: terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`, parameters };
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

/** Adds rows; without `conflict` a key that is there already is an error. @throws as `Table.encode` and `inOrder` do */
export function insertSql<R>(table: Table<R>, rows: readonly Partial<R>[], conflict?: Conflict<R>): Sql {
  const { by, overwrite, isSum, whileMissing } = conflict ?? { by: [] };
  const about = `${isSum ? 'sum' : 'put'} ${table.signOf(by)} ${overwrite && table.signOf(overwrite)} ${whileMissing}`;
  const plan = planOf(table, rows, about, (members) => {
    const columns = members.map((member) => table.columnOf(member)).join(', ');
    const values = members.map((_member, place) => `value ->> ${place}`).join(', ');
    const head = `INSERT INTO ${table.name} (${columns})`;
    const onConflict = conflict ? conflictText(table, members, conflict) : '';
    return {
      found: placesOf(members, conflict?.by ?? table.keys),
      one: `${head} VALUES (${members.map(() => '?').join(', ')})${onConflict}`,
      // "true" keeps SQLite from taking ON CONFLICT for the condition of a join
      many: `${head} SELECT ${values} FROM json_each(?) WHERE true${onConflict}`,
    };
  });
  const encoded = table.encode(rows, plan.members);
  const [only] = encoded;
  if (only && encoded.length === 1) return { text: plan.one, parameters: only };
  return { text: plan.many, parameters: [JSON.stringify(table.inOrder(encoded, plan.found))] };
}

function conflictText<R>(
  table: Table<R>,
  members: readonly (keyof R & string)[],
  { by, overwrite = members.filter((member) => !by.includes(member)), isSum, whileMissing }: Conflict<R>,
): string {
  const target = by.map((member) => table.columnOf(member)).join(', ');
  const set = overwrite.map((member) => {
    const column = table.columnOf(member);
    return `${column} = ${isSum ? `${column} + ` : ''}excluded.${column}`;
  });
  const guard = whileMissing ? ` WHERE ${table.name}.${table.columnOf(whileMissing)} IS NULL` : '';
  return ` ON CONFLICT (${target}) DO ${set.length === 0 ? 'NOTHING' : `UPDATE SET ${set.join(', ')}`}${guard}`;
}

/** Overwrites members of rows found by their keys, each only while a member of it is what it was. @throws as `insertSql` */
export function patchSql<R>(table: Table<R>, rows: readonly Partial<R>[], guard: Guard<R> | undefined): Sql {
  const plan = planOf(table, rows, `patch ${guard?.member ?? ''}`, (members) => {
    const places = members.map((member, place) => ({ member, value: `r.value ->> ${place}` }));
    const isKey = ({ member }: (typeof places)[0]): boolean => table.keys.includes(member);
    const told = (each: typeof places, of = ''): string[] =>
      each.map(({ member, value }) => `${of}${table.columnOf(member)} = ${value}`);
    const found = places.filter(isKey);
    if (guard) found.push({ member: guard.member, value: `r.value ->> ${members.length}` });
    const set = told(places.filter((one) => !isKey(one))).join(', ');
    const where = told(found, `${table.name}.`).join(' AND ');
    const many = `UPDATE ${table.name} SET ${set} FROM json_each(?) AS r WHERE ${where}`;
    return { found: placesOf(members, table.keys), one: many, many };
  });
  const encoded = table.encode(rows, plan.members);
  if (guard) {
    const { encode } = table.columns[guard.member];
    for (const [index, row] of encoded.entries()) row.push(encode(guard.was[index] as never));
  }
  return { text: plan.many, parameters: [JSON.stringify(table.inOrder(encoded, plan.found))] };
}

/** Where members lie among others; nothing unless all of them do. */
function placesOf(members: readonly string[], sought: readonly string[]): readonly number[] {
  const places = sought.map((member) => members.indexOf(member));
  return places.includes(-1) ? [] : places;
}
