import type { Document } from './document.js';

type Node = Readonly<Record<string, unknown>>;

/** Escapes and groups that engines other than ECMA-262 refuse, or read otherwise. */
const UNPORTABLE = /\(\?(?!:)|\\[pPdDwWsSbBuk/-]|\\[1-9]/;
const FORMATS: Readonly<Record<string, readonly string[]>> = {
  integer: ['int32', 'int64'],
  number: ['double'],
};

/** What of a description generators of clients refuse, or make types of that nobody can name. */
export function generatorFaults(document: Document): string[] {
  const faults: string[] = [];
  const visit = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return;
    if (isSchema(path)) faults.push(...schemaFaults(node as Node, path));
    for (const [key, value] of Object.entries(node)) {
      if (!/^(default|examples|enum)$/.test(key) || isMap(path)) visit(value, `${path}/${key}`);
    }
  };
  visit(document.paths, 'paths');
  const { schemas, parameters, headers } = document.components;
  visit(schemas, 'schemas');
  visit(parameters, 'parameters');
  visit(headers, 'headers');
  return faults;
}

function schemaFaults(schema: Node, path: string): string[] {
  const { type, pattern, format, enum: words, properties } = schema;
  const known = typeof type === 'string' ? FORMATS[type] : undefined;
  const isNamed = /^schemas\/\w+$/.test(path);
  const found: readonly (readonly [boolean, string])[] = [
    [Array.isArray(type), 'has several types'],
    [schema['const'] !== undefined, 'has a const'],
    [typeof pattern === 'string' && UNPORTABLE.test(pattern), `has the pattern ${String(pattern)}`],
    [typeof pattern === 'string' && !/^\^.*\$$/.test(pattern), 'has a pattern that is not anchored'],
    [known !== undefined && !known.includes(String(format)), 'is a number without a format'],
    [Array.isArray(words) && words.length > 1 && !isNamed, `has an enumeration without a name`],
    [properties !== undefined && !isNamed, 'is an object without a name'],
    ['$ref' in schema && 'type' in schema, 'has a type beside its reference'],
  ];
  return found.filter(([isFault]) => isFault).map(([, fault]) => `${path} ${fault}`);
}

function isSchema(path: string): boolean {
  return /(^schemas\/\w+|\/schema)(\/(properties\/[^/]+|items|additionalProperties|(oneOf|allOf)\/\d+))*$/.test(
    path,
  );
}

function isMap(path: string): boolean {
  return path.endsWith('/properties');
}
