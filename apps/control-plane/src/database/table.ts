/** What a database stores in one column; numbers are whole up to 2^53, or floating point. */
export type StoredValue = string | number | null;

/** How the member of a row is stored. Its column is named as given, or as the member in snake case. */
export class Column<T> {
  constructor(
    readonly encode: (value: T) => StoredValue,
    /** @param stored a 64-bit integer may come as text */
    readonly decode: (stored: StoredValue) => T,
    readonly name?: string,
    readonly isKey = false,
  ) {}

  /** It is part of the primary key, by which `put` and `patch` find their row. */
  key(): Column<T> {
    return new Column(this.encode, this.decode, this.name, true);
  }

  /** It may be missing: NULL in the database. */
  optional(): Column<T | undefined> {
    return new Column<T | undefined>(
      (value) => (value === undefined ? null : this.encode(value)),
      (stored) => (stored === null ? undefined : this.decode(stored)),
      this.name,
      this.isKey,
    );
  }
}

/** Text without U+0000, which PostgreSQL refuses. */
export function text<T extends string = string>(name?: string): Column<T> {
  return new Column<T>(identity, (stored) => stored as T, name);
}

/** A whole number of 64 bits in the database; what is given is rounded. */
export function integer(name?: string): Column<number> {
  return new Column<number>(Math.round, Number, name);
}

/** A floating-point number. */
export function real(name?: string): Column<number> {
  return new Column<number>(identity, Number, name);
}

/** Yes or no: 1 or 0. */
export function flag(name?: string): Column<boolean> {
  return new Column<boolean>(Number, (stored) => Number(stored) === 1, name);
}

/** A value of JSON, as text: members keep their order and numbers their digits in every database. */
export function json<T>(name?: string): Column<T> {
  return new Column<T>(
    (value) => JSON.stringify(value),
    (stored) => JSON.parse(stored as string) as T,
    name,
  );
}

type Columns<R> = { readonly [K in keyof R]: Column<R[K]> };

/** A table: the name of each member of its rows, how it is stored, and under which name. */
export class Table<R> {
  readonly members: readonly (keyof R & string)[];
  /** Members that are the primary key. */
  readonly keys: readonly (keyof R & string)[];
  private readonly names: ReadonlyMap<keyof R, string>;

  constructor(
    readonly name: string,
    readonly columns: Columns<R>,
  ) {
    const members = Object.keys(columns) as (keyof R & string)[];
    this.members = members;
    this.keys = members.filter((member) => columns[member].isKey);
    this.names = new Map(members.map((member) => [member, columns[member].name ?? snakeCase(member)]));
  }

  /** The column of a member. */
  columnOf(member: keyof R): string {
    return this.names.get(member) as string;
  }

  /** Some members of rows as they are stored, a list for each row. */
  encode(rows: readonly Partial<R>[], members: readonly (keyof R & string)[]): StoredValue[][] {
    const columns = members.map((member) => this.columns[member] as Column<unknown>);
    return rows.map((row) => {
      const stored: StoredValue[] = [];
      for (let place = 0; place < columns.length; place++) {
        stored.push((columns[place] as Column<unknown>).encode(row[members[place] as keyof R]));
      }
      return stored;
    });
  }

  /** A row of the database, which has the names of the members. */
  decode<K extends keyof R & string>(
    stored: Readonly<Record<string, StoredValue>>,
    members: readonly K[],
  ): Pick<R, K> {
    const row: Partial<Record<K, unknown>> = {};
    for (const member of members) row[member] = this.columns[member].decode(stored[member] as StoredValue);
    return row as Pick<R, K>;
  }
}

/** The rows of a table. */
export type Row<T> = T extends Table<infer R> ? R : never;

/** Describes a table: the only place that names its columns. */
export function table<R>(name: string, columns: Columns<R>): Table<R> {
  return new Table<R>(name, columns);
}

function identity<T>(value: T): T {
  return value;
}

function snakeCase(member: string): string {
  return member.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
