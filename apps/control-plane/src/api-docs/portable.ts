import { ENUMERATIONS, type Schema } from '../http/schema.js';

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
  return JSON.parse(JSON.stringify(part), (key, value: unknown) =>
    key === 'schema' ? portable(value as Schema) : value,
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
    return portable({ type, enum: values, ...Object.fromEntries(own.map((key) => [key, schema[key]])) });
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

/** The same schema, which refers to the enumeration that it has the words of. */
function named({ type, enum: words, ...rest }: Schema): Schema {
  if (words === undefined) return { ...(type !== undefined && { type }), ...rest };
  const own = keyOf(words as readonly unknown[]);
  const name = [...ENUMERATIONS].find(([, known]) => keyOf(known) === own)?.[0];
  return name === undefined
    ? { type, enum: words, ...rest }
    : { $ref: `#/components/schemas/${name}`, ...rest };
}

function keyOf(words: readonly unknown[]): string {
  return JSON.stringify(words.map(String).toSorted());
}

/** Escapes that some engines do not know, and what stands for them in all. */
const PLAIN: readonly (readonly [escape: string, plain: string])[] = [
  [String.raw`\p{Cc}`, String.raw`\x00-\x1f\x7f-\x9f`],
  // JSON of valid UTF-8 has no surrogate that stands alone, and Go's engine cannot name one
  [String.raw`\p{Cs}`, ''],
  [String.raw`\d`, '[0-9]'],
  [String.raw`\/`, '/'],
];

/** Lookaround, named groups, references to groups, boundaries, and classes whose members differ by engine. */
const UNPORTABLE = /\(\?(?!:)|\\[^.*+?()[\]{}|\\^$x]|\\x(?![0-9a-f]{2})/;

/**
 * A pattern in the syntax that ECMA-262, RE2 (Go), Python, Java and .NET share.
 * @throws Error for a pattern that cannot be said in it
 */
export function portablePattern(source: string): string {
  const plain = PLAIN.reduce((text, [escape, known]) => text.replaceAll(escape, known), source);
  if (UNPORTABLE.test(plain) || !plain.startsWith('^') || !plain.endsWith('$'))
    throw new Error(`the pattern ${source} does not mean the same in all languages, or is not anchored`);
  return plain;
}
