import { VitalsError } from '@vitals/core/errors';
import { textFault } from '@vitals/core/json';

/** What a database stores in one column; numbers are whole up to 2^53, or floating point. */
export type StoredValue = string | number | null;

/** What a column is in the database: text, a whole number of 64 bits, or a floating-point number. */
export type StorageType = 'text' | 'integer' | 'real';

/** How the member of a row is stored. Its column is named as given, or as the member in snake case. */
export class Column<T> {
  constructor(
    readonly type: StorageType,
    readonly encode: (value: T) => StoredValue,
    /** @param stored a 64-bit integer may come as text */
    readonly decode: (stored: StoredValue) => T,
    readonly name?: string,
    readonly isKey = false,
  ) {}

  /** It is part of the primary key, by which `put` and `patch` find their row. */
  key(): Column<T> {
    return new Column(this.type, this.encode, this.decode, this.name, true);
  }

  /** It may be missing: NULL in the database. */
  optional(): Column<T | undefined> {
    return new Column<T | undefined>(
      this.type,
      (value) => (value === undefined ? null : this.encode(value)),
      (stored) => (stored === null ? undefined : this.decode(stored)),
      this.name,
      this.isKey,
    );
  }
}

/**
 * Text as it was given. U+0000 and halves of surrogate pairs, which not every database keeps, are refused where requests
 * and files are read; here they are a RangeError.
 */
export function text<T extends string = string>(name?: string): Column<T> {
  return new Column<T>('text', storable, (stored) => stored as T, name);
}

/** Words for people, which may quote anything: what not every database keeps of them becomes U+FFFD. */
export function words(name?: string): Column<string> {
  return new Column<string>(
    'text',
    (value) => value.replaceAll(UNSTORABLE, '\ufffd'),
    (stored) => stored as string,
    name,
  );
}

/** A whole number of 64 bits in the database; what is given is rounded, and RangeError beyond 2^53 in both directions. */
export function integer(name?: string): Column<number> {
  return new Column<number>(
    'integer',
    (value) => exact(Math.round(value)),
    (stored) => exact(Number(stored)),
    name,
  );
}

/** A floating-point number. */
export function real(name?: string): Column<number> {
  return new Column<number>('real', (value) => value, Number, name);
}

/** Yes or no: 1 or 0. */
export function flag(name?: string): Column<boolean> {
  return new Column<boolean>('integer', Number, (stored) => Number(stored) === 1, name);
}

/** A value of JSON, as text: members keep their order and numbers their digits in every database. */
export function json<T>(name?: string): Column<T> {
  return new Column<T>(
    'text',
    (value) => JSON.stringify(value),
    (stored) => JSON.parse(stored as string) as T,
    name,
  );
}

/** What PostgreSQL keeps in no text. */
const UNSTORABLE = /\0|\p{Cs}/gu;

type Columns<R> = { readonly [K in keyof R]: Column<R[K]> };

/** A table: the name of each member of its rows, how it is stored, and under which name. */
export class Table<R> {
  readonly members: readonly (keyof R & string)[];
  /** Members that are the primary key. */
  readonly keys: readonly (keyof R & string)[];
  private readonly names: ReadonlyMap<keyof R, string>;
  private readonly bits: ReadonlyMap<keyof R, number>;

  constructor(
    readonly name: string,
    readonly columns: Columns<R>,
  ) {
    const members = Object.keys(columns) as (keyof R & string)[];
    this.members = members;
    this.keys = members.filter((member) => columns[member].isKey);
    this.names = new Map(members.map((member) => [member, columns[member].name ?? snakeCase(member)]));
    this.bits = new Map(members.map((member, place) => [member, 2 ** place]));
  }

  /** The column of a member. */
  columnOf(member: keyof R): string {
    return this.names.get(member) as string;
  }

  /** Members as one number, by which a statement about them is remembered. */
  signOf(members: readonly (keyof R)[]): number {
    let sign = 0;
    for (const member of members) sign += this.bits.get(member) as number;
    return sign;
  }

  /** Those members that a row names, as `signOf` has it. */
  signOfGiven(row: Partial<R>): number {
    let sign = 0;
    for (let place = 0, bit = 1; place < this.members.length; place++, bit *= 2)
      if (Object.hasOwn(row, this.members[place] as keyof R)) sign += bit;
    return sign;
  }

  /** Some members of rows as they are stored, a list for each row. @throws RangeError for what no column may hold */
  encode(rows: readonly Partial<R>[], members: readonly (keyof R & string)[]): StoredValue[][] {
    const columns = members.map((member) => this.columns[member] as Column<unknown>);
    return rows.map((row) => columns.map((column, place) => column.encode(row[members[place] as keyof R])));
  }

  /**
   * A row of the database, which has the names of the members.
   * @throws VitalsError `settings-invalid`, naming the row and the column, if it does not hold what it should; what it
   *   holds is not repeated
   */
  decode<K extends keyof R & string>(
    stored: Readonly<Record<string, StoredValue>>,
    members: readonly K[],
  ): Pick<R, K> {
    const row: Partial<Record<K, unknown>> = {};
    for (const member of members) {
      try {
        row[member] = this.columns[member].decode(stored[member] as StoredValue);
      } catch (cause) {
        throw this.unreadable(stored, member, cause);
      }
    }
    return row as Pick<R, K>;
  }

  private unreadable(
    stored: Readonly<Record<string, StoredValue>>,
    member: keyof R & string,
    cause: unknown,
  ): VitalsError {
    const known = this.keys.filter((key) => stored[key] !== undefined);
    const keys = known.map((key) => `${this.columnOf(key)} ${JSON.stringify(stored[key])}`).join(', ');
    const fault = cause instanceof SyntaxError ? 'is not valid JSON' : 'does not hold what it should';
    return new VitalsError(
      'settings-invalid',
      `DATABASE_URL: a row of the table ${this.name}${keys && ` (${keys})`} cannot be read: its ${this.columnOf(member)} ${fault}. Something else wrote to the database: restore a backup, or correct the row while the control plane is stopped`,
      { cause },
    );
  }
}

/** The rows of a table. */
export type Row<T> = T extends Table<infer R> ? R : never;

/** Describes a table: the only place that names its columns. */
export function table<R>(name: string, columns: Columns<R>): Table<R> {
  return new Table<R>(name, columns);
}

function storable<T extends string>(value: T): T {
  const fault = textFault(value);
  if (fault !== undefined) throw new RangeError(`a text of the database ${fault}`);
  return value;
}

function exact(value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number below 2^53`);
  return value;
}

function snakeCase(member: string): string {
  return member.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
