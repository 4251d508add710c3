import { type Document, type Operation, operationsOf } from './document.js';

interface ObjectSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, ObjectSchema>>;
  readonly items?: ObjectSchema;
  readonly oneOf?: readonly ObjectSchema[];
  readonly enum?: readonly unknown[];
  readonly [limit: string]: unknown;
}

/** What any call may be refused with, which the page says once. */
const OF_ALL_CALLS = new Set(
  [
    'request-malformed',
    'unauthenticated',
    'forbidden',
    'body-too-large',
    'uri-too-long',
    'media-type-unsupported',
    'rate-limited',
    'store-unavailable',
    'overloaded',
  ].map((code) => `\`${code}\``),
);

/** Said once on the page, for every read takes it. */
const OF_ALL_READS = 'consistent';

/** Said once on the page, for many members have them. */
const AMOUNTS = '#/components/schemas/Amounts';

/**
 * Writes the parts of a page that are told by a description already: between `<!-- calls: Tag -->` and
 * `<!-- end -->` the calls of a chapter and the bodies that they take.
 */
export function withReference(page: string, document: Document): string {
  const inlined = { ...document, ...withParts(document) };
  return page.replaceAll(
    /<!-- calls: ([\w ]+) -->[^]*?<!-- end -->/g,
    (_, tag: string) => `<!-- calls: ${tag} -->\n\n${chapter(inlined, tag)}\n\n<!-- end -->`,
  );
}

/** The same description, in which bodies and parameters have the enumerations and the parts that they refer to. */
function withParts({ paths, components }: Document): Pick<Document, 'paths' | 'components'> {
  const schemas = components.schemas as Readonly<Record<string, ObjectSchema>>;
  const inline = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(inline);
    if (typeof node !== 'object' || node === null) return node;
    const { $ref, ...rest } = node as ObjectSchema;
    const named = $ref === undefined ? undefined : schemas[nameOf($ref)];
    const isPart = named?.enum !== undefined || (named?.properties !== undefined && $ref !== AMOUNTS);
    const meant = isPart ? { ...named, ...rest } : node;
    return Object.fromEntries(
      Object.entries(meant).map(([key, value]) => [key, isObjectOf(key, value) ? value : inline(value)]),
    );
  };
  // what a list has is told by its name
  const isObjectOf = (key: string, value: unknown): boolean =>
    key === 'items' && schemas[nameOf((value as ObjectSchema).$ref ?? '')]?.properties !== undefined;
  const bodies = Object.entries(schemas).map(([name, { properties, ...rest }]) => [
    name,
    { ...rest, ...(properties && { properties: inline(properties) as ObjectSchema['properties'] }) },
  ]);
  const calls = Object.entries(paths).map(([path, operations]) => [
    path,
    Object.fromEntries(
      Object.entries(operations).map(([method, operation]) => [
        method,
        { ...operation, ...(operation.parameters && { parameters: inline(operation.parameters) }) },
      ]),
    ),
  ]);
  return {
    paths: Object.fromEntries(calls) as Document['paths'],
    components: {
      ...components,
      schemas: Object.fromEntries(bodies) as Document['components']['schemas'],
    },
  };
}

function chapter(document: Document, tag: string): string {
  const operations = operationsOf(document).filter(([, , { tags }]) => tags.includes(tag));
  const rows = operations.map(([method, path, operation]) => row(method, path, operation));
  const bodies = [...new Set(operations.flatMap(([, , operation]) => bodyNames(operation)))];
  const table = ['| call | tokens | success | problems |', '| --- | --- | --- | --- |', ...rows].join('\n');
  const queries = operations.flatMap(([method, path, operation]) => queryTable(method, path, operation));
  return [table, ...queries, ...bodies.map((name) => members(document, name))].join('\n\n');
}

function row(method: string, path: string, operation: Operation): string {
  const { summary } = operation;
  const tokens = /Tokens: (.*)\.$/.exec(operation.description ?? '')?.[1] ?? 'none needed';
  const call = `**\`${method.toUpperCase()} ${path}\`**<br>${summary}`;
  const answers = Object.entries(operation.responses);
  const good = answers
    .filter(([status]) => Number(status) < 300)
    .map(([status, { content }]) => {
      const schema = content?.['application/json']?.schema as ObjectSchema | undefined;
      return schema?.$ref ? `${status} ${nameOf(schema.$ref)}` : status;
    });
  const bad = answers.flatMap(([status, { description }]) => {
    const own = description.split(', ').filter((code) => !OF_ALL_CALLS.has(code));
    return Number(status) >= 400 && own.length > 0 ? [`${status} ${own.join(', ')}`] : [];
  });
  return `| ${call} | ${tokens} | ${good.join('<br>')} | ${bad.join('<br>')} |`;
}

function bodyNames({ requestBody }: Operation): string[] {
  const schema = requestBody?.content['application/json']?.schema as ObjectSchema | undefined;
  return schema?.$ref ? [nameOf(schema.$ref)] : [];
}

function queryTable(method: string, path: string, { tags, parameters = [] }: Operation): string[] {
  const asked = parameters.filter((one) => one.in === 'query' && one.name !== OF_ALL_READS);
  if (asked.length === 0 || tags.includes('Health')) return [];
  const rows = asked.flatMap(({ name, schema, description, required }) =>
    memberRows(name, { ...schema, ...(description !== undefined && { description }) }, required),
  );
  return [tableOf(`Query of \`${method.toUpperCase()} ${path}\`:`, rows)];
}

function members(document: Document, name: string): string {
  const schema = document.components.schemas[name] as ObjectSchema;
  const rows = Object.entries(schema.properties ?? {}).flatMap(([member, own]) =>
    memberRows(member, own, schema.required?.includes(member) ?? false),
  );
  return tableOf(`Body **${name}**, \`*\` is required:`, rows);
}

function tableOf(title: string, rows: readonly string[]): string {
  return `${title}\n\n| name | what | |\n| --- | --- | --- |\n${rows.join('\n')}`;
}

function memberRows(path: string, schema: ObjectSchema, required: boolean): string[] {
  const own = `| \`${path}\`${required ? '\\*' : ''} | ${typeOf(schema)} | ${escaped(schema.description ?? '')} |`;
  const part = schema.oneOf?.find(({ properties }) => properties) ?? schema;
  const nested = Object.entries(part.properties ?? {}).flatMap(([member, child]) =>
    memberRows(`${path}.${member}`, child, part.required?.includes(member) ?? false),
  );
  return [own, ...nested];
}

const LIMITS: Readonly<Record<string, (limit: unknown) => string>> = {
  minimum: (limit) => `≥ ${String(limit)}`,
  maximum: (limit) => `≤ ${String(limit)}`,
  maxLength: (limit) => `≤ ${String(limit)} characters`,
  minItems: (limit) => `≥ ${String(limit)} items`,
  maxItems: (limit) => `≤ ${String(limit)} items`,
  default: (value) => `default ${JSON.stringify(value)}`,
};

function typeOf(schema: ObjectSchema): string {
  if (schema.oneOf) return [schema.oneOf.map(typeOf).join(' or '), ...limitsOf(schema)].join(', ');
  const type = schema.$ref ? nameOf(schema.$ref) : [schema.type ?? 'any'].flat().join(' or ');
  const whole = type === 'array' && schema.items ? `list of ${typeOf(schema.items)}` : type;
  const words = schema.enum?.map((value) => `\`${String(value)}\``).join(', ');
  return [words ?? whole, ...limitsOf(schema)].join(', ');
}

function limitsOf(schema: ObjectSchema): string[] {
  return Object.entries(LIMITS).flatMap(([key, tell]) => (key in schema ? [tell(schema[key])] : []));
}

function nameOf(reference: string): string {
  return reference.split('/').at(-1) as string;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
