import { Condition, type Selection, type Where } from '../database.js';
import type { StoredValue, Table } from '../table.js';

/** A statement and its parameters. */
export interface Sql {
  readonly text: string;
  readonly parameters: StoredValue[];
}

/** What is constant in a condition is written into it, so that an index on a part of a table can serve it. */
const PLAIN_WORD = /^[a-z]+$/i;

/** Texts that were formed before: there are few, and each is needed often. */
const texts = new Map<string, string>();

function once(about: string, form: () => string): string {
  let text = texts.get(about);
  if (text === undefined) texts.set(about, (text = form()));
  return text;
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

/** Adds rows; `onConflict` says what becomes of those that are there. */
export function insertSql<R>(
  table: Table<R>,
  rows: readonly Partial<R>[],
  members: readonly (keyof R & string)[],
  onConflict: string,
): Sql {
  const encoded = table.encode(rows, members);
  const [only] = encoded;
  const isOne = only !== undefined && encoded.length === 1;
  const text = once(`insert ${isOne} ${table.name} ${members.join()}${onConflict}`, () => {
    const head = `INSERT INTO ${table.name} (${members.map((member) => table.columnOf(member)).join(', ')})`;
    if (isOne) return `${head} VALUES (${members.map(() => '?').join(', ')})${onConflict}`;
    const values = members.map((_member, place) => `value ->> ${place}`).join(', ');
    // "true" keeps SQLite from taking ON CONFLICT for the condition of a join
    return `${head} SELECT ${values} FROM json_each(?) WHERE true${onConflict}`;
  });
  return { text, parameters: isOne ? only : [JSON.stringify(encoded)] };
}

/** ` ON CONFLICT … DO UPDATE`: overwrites members, or adds to them. */
export function conflictSql<R>(
  table: Table<R>,
  by: readonly (keyof R & string)[],
  overwrite: readonly (keyof R & string)[],
  how: 'overwrite' | 'add',
): string {
  return once(`${how} ${table.name} ${by.join()} ${overwrite.join()}`, () => {
    const target = by.map((member) => table.columnOf(member)).join(', ');
    const set = overwrite.map((member) => {
      const column = table.columnOf(member);
      return `${column} = ${how === 'add' ? `${column} + ` : ''}excluded.${column}`;
    });
    return ` ON CONFLICT (${target}) DO ${set.length === 0 ? 'NOTHING' : `UPDATE SET ${set.join(', ')}`}`;
  });
}

/** Overwrites members of rows found by their keys, each only while a member of it is what it was. */
export function patchSql<R>(
  table: Table<R>,
  rows: readonly Partial<R>[],
  members: readonly (keyof R & string)[],
  guard: { readonly member: keyof R & string; readonly was: readonly R[keyof R & string][] } | undefined,
): Sql {
  const encoded = table.encode(rows, members);
  if (guard) {
    const { encode } = table.columns[guard.member];
    for (const [index, row] of encoded.entries()) row.push(encode(guard.was[index] as never));
  }
  const text = once(`patch ${table.name} ${members.join()} ${guard?.member ?? ''}`, () => {
    const isKey = (member: keyof R & string): boolean => table.keys.includes(member);
    const places = members.map((member, place) => ({ member, value: `r.value ->> ${place}` }));
    const set = places
      .filter(({ member }) => !isKey(member))
      .map(({ member, value }) => `${table.columnOf(member)} = ${value}`);
    const found = places.filter(({ member }) => isKey(member));
    if (guard) found.push({ member: guard.member, value: `r.value ->> ${members.length}` });
    const where = found.map(({ member, value }) => `${table.name}.${table.columnOf(member)} = ${value}`);
    return `UPDATE ${table.name} SET ${set.join(', ')} FROM json_each(?) AS r WHERE ${where.join(' AND ')}`;
  });
  return { text, parameters: [JSON.stringify(encoded)] };
}
