import { named } from './enumerations.js';
import { portablePattern } from './pattern.js';
import type { Schema } from './schema.js';

const NUMERIC = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'format'];

/** The keywords that say something of one type only. */
const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  integer: NUMERIC,
  number: NUMERIC,
  array: ['items', 'minItems', 'maxItems'],
  object: ['properties', 'required', 'additionalProperties', 'propertyNames', 'maxProperties'],
  boolean: [],
  null: [],
};
const OF_ONE_TYPE = new Set(['type', 'enum', ...Object.values(KEYWORDS).flat()]);

const MAX_INT32 = 2 ** 31 - 1;

/**
 * The same schema as generators of clients take it: one type each (several become `oneOf`), numbers with their
 * format, enumerations under their names, patterns in the syntax that all languages share.
 */
export function portable(schema: Schema): Schema {
  if (Array.isArray(schema['type'])) return alternatives(schema, schema['type'] as readonly string[]);
  const pattern = schema['pattern'] as string | undefined;
  return named({
    ...Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, child(key, value)])),
    ...(pattern !== undefined && { pattern: portablePattern(pattern) }),
    ...formatOf(schema),
  });
}

/** Every schema within a part of the document that is none itself: of parameters, bodies, answers and headers. */
export function withPortableSchemas<T>(part: T): T {
  if (Array.isArray(part)) return part.map(withPortableSchemas) as T;
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [
      key,
      key === 'schema' ? portable(value as Schema) : withPortableSchemas(value as unknown),
    ]),
  ) as T;
}

function child(key: string, value: unknown): unknown {
  switch (key) {
    case 'properties':
      return Object.fromEntries(
        Object.entries(value as Readonly<Record<string, Schema>>).map(([name, own]) => [name, portable(own)]),
      );
    case 'items':
    case 'additionalProperties':
      return typeof value === 'object' ? portable(value as Schema) : value;
    case 'oneOf':
    case 'allOf':
      return (value as readonly Schema[]).map(portable);
    default:
      return value;
  }
}

function alternatives(schema: Schema, types: readonly string[]): Schema {
  const words = schema['enum'] as readonly unknown[] | undefined;
  const oneOf = types.map((type) => {
    const own = (KEYWORDS[type] ?? []).filter((key) => key in schema);
    const values = type === 'null' ? undefined : words?.filter((word) => word !== null);
    return portable({
      type,
      ...(values && { enum: values }),
      ...Object.fromEntries(own.map((key) => [key, schema[key]])),
    });
  });
  const shared = Object.entries(schema).filter(([key]) => !OF_ONE_TYPE.has(key));
  return { oneOf, ...Object.fromEntries(shared) };
}

function formatOf({ type, format, minimum, maximum }: Schema): Schema {
  if (format !== undefined) return {};
  if (type === 'number') return { format: 'double' };
  if (type !== 'integer') return {};
  const fits = [minimum, maximum].every((limit) => typeof limit === 'number' && Math.abs(limit) <= MAX_INT32);
  return { format: fits ? 'int32' : 'int64' };
}
