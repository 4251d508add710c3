/**
 * A JSON Schema of the dialect 2020-12, which OpenAPI 3.1 takes as it is. `T` is the type of what it describes; it is
 * for the compiler only, and stays when a schema is spread into another.
 */
export interface Schema<T = unknown> {
  readonly [keyword: string]: unknown;
  /** Never there. */
  readonly of?: T;
}

/** A schema under a name of its own. */
export interface Component<T = unknown> {
  readonly name: string;
  readonly schema: Schema<T>;
}

/** The type of what a schema or a component describes. */
export type Of<S> =
  S extends Component<infer T> ? T : S extends Schema<infer T> ? Exclude<T, undefined> : never;

type Keywords = Readonly<Record<string, unknown>>;
type Members = Readonly<Record<string, Schema>>;

type ObjectOf<M extends Members, O extends Members> = { readonly [K in keyof M]: Of<M[K]> } & {
  readonly [K in keyof O]?: Of<O[K]>;
};

/** An object under a name; its members can be spread into those of another. */
export interface ObjectComponent<M extends Members, O extends Members> extends Component<ObjectOf<M, O>> {
  readonly members: M;
  readonly optional: O;
}

/** Every component that a module said when it was loaded. */
export const COMPONENTS = new Map<string, Schema>();

/** Every enumeration that a module said when it was loaded, by its name. */
export const ENUMERATIONS = new Map<string, readonly string[]>();

/** Puts a schema under a name, which no other may have. */
export function component<T>(name: string, schema: Schema<T>): Component<T> {
  if (COMPONENTS.has(name)) throw new Error(`two schemas have the name ${name}`);
  COMPONENTS.set(name, schema);
  return { name, schema };
}

/** Describes an object under a name, member by member; its type follows from it. */
export function object<M extends Members, O extends Members = object & Members>(
  name: string,
  description: string,
  members: M,
  optional: O = {} as O,
): ObjectComponent<M, O> {
  const required = Object.keys(members);
  const properties = { ...members, ...optional };
  const schema = { type: 'object', description, ...(required.length > 0 && { required }), properties };
  return { ...component<ObjectOf<M, O>>(name, schema), members, optional };
}

/**
 * Gives words a name: every schema that has these words refers to it, so that generated clients have one type for
 * them, and not one for each place.
 */
export function enumeration<const W extends readonly string[]>(name: string, words: W): W {
  ENUMERATIONS.set(name, words);
  return words;
}

/** Points to a schema under its name. */
export function ref<T>({ name }: Component<T>): Schema<T> {
  return { $ref: `#/components/schemas/${name}` };
}

/** A list. */
export function listOf<T>(items: Schema<T>, description?: string): Schema<readonly T[]> {
  return { type: 'array', items, ...(description !== undefined && { description }) };
}

/** Text. */
export function text(description: string, more: Keywords = {}): Schema<string> {
  return { type: 'string', description, ...more };
}

/** Text that needs no words. */
export const TEXT: Schema<string> = { type: 'string' };

/** One of some words. */
export function oneOf<W extends string>(words: readonly W[], description?: string): Schema<W> {
  return { type: 'string', ...(description !== undefined && { description }), enum: words };
}

const numeric =
  (type: string) =>
  (description: string, minimum?: number, maximum?: number): Schema<number> => ({
    type,
    description,
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
  });

/** A whole number, and its bounds. */
export const whole = numeric('integer');

/** A number, and its bounds. */
export const number = numeric('number');

/** Yes or no. */
export function flag(description: string): Schema<boolean> {
  return { type: 'boolean', description };
}

/** A time as RFC 3339 writes it. */
export function time(description: string): Schema<string> {
  return { type: 'string', format: 'date-time', description };
}

/** The same, or `null`. */
export function orNull<T>(schema: Schema<T>): Schema<T | null> {
  const { $ref, ...more } = schema;
  if ($ref !== undefined) return { oneOf: [{ $ref }, { type: 'null' }], ...more } as Schema<T | null>;
  return {
    ...schema,
    type: [schema['type'], 'null'],
    ...(Array.isArray(schema['enum']) && { enum: [...(schema['enum'] as unknown[]), null] }),
  };
}

/** Members that are not described. */
export const AnyMembers = component<Readonly<Record<string, unknown>>>('AnyMembers', {
  type: 'object',
  description: 'An object of any members.',
  additionalProperties: true,
});

/** Where a list goes on that is read page by page. */
export const NEXT_PAGE = {
  next_page_token: text('Give it as page_token for the next page; left out on the last.'),
};

const WHY = 'Why providers were left out, and how many of them.';

const Excluded = component<Readonly<Record<string, number>>>('Excluded', {
  type: 'object',
  description: WHY,
  additionalProperties: { type: 'integer', minimum: 1 },
});

/** How many providers were left out, by why. */
export const EXCLUDED = { ...ref(Excluded), description: WHY };
