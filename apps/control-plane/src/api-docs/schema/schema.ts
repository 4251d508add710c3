/** A JSON Schema of the dialect 2020-12, which OpenAPI 3.1 takes as it is. */
export type Schema = Readonly<Record<string, unknown>>;

/** A schema under a name of its own; `T` is the type of what it describes, for the compiler only. */
export interface Component<T> {
  readonly name: string;
  readonly schema: Schema;
  readonly of?: T;
}

type OptionalOf<T> = { [K in keyof T]-?: object extends Pick<T, K> ? K : never }[keyof T];

/** A schema for each member that a type has, optional members apart: the compiler finds what is missing. */
export type Members<T> = { readonly [K in Exclude<keyof T, OptionalOf<T>>]: Schema };

/** A schema for each optional member of a type. */
export type OptionalMembers<T> = { readonly [K in OptionalOf<T>]-?: Schema };

/** Describes an object under a name, member by member. */
export function component<T extends object>(
  name: string,
  description: string,
  members: Members<T>,
  optional: OptionalMembers<T>,
): Component<T> {
  const required = Object.keys(members);
  const schema = {
    type: 'object',
    description,
    ...(required.length > 0 && { required }),
    properties: { ...members, ...optional },
  };
  return { name, schema };
}

/** Points to a schema under its name. */
export function ref({ name }: Component<unknown>): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

/** A list. */
export function listOf(items: Schema, description?: string): Schema {
  return { type: 'array', items, ...(description !== undefined && { description }) };
}

/** Text. */
export function text(description: string, more: Schema = {}): Schema {
  return { type: 'string', description, ...more };
}

/** A whole number. */
export function whole(description: string, more: Schema = {}): Schema {
  return { type: 'integer', description, ...more };
}

/** Yes or no. */
export function flag(description: string): Schema {
  return { type: 'boolean', description };
}

/** A time as RFC 3339 writes it. */
export function time(description: string): Schema {
  return { type: 'string', format: 'date-time', description };
}

/** The same, or `null`. */
export function orNull(schema: Schema): Schema {
  const { $ref, ...more } = schema;
  if ($ref !== undefined) return { oneOf: [{ $ref }, { type: 'null' }], ...more };
  return {
    ...schema,
    type: [schema['type'], 'null'],
    ...(Array.isArray(schema['enum']) && { enum: [...(schema['enum'] as unknown[]), null] }),
  };
}
