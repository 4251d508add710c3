import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { type Document, operationsOf } from './document.js';

const TEXT = { type: 'string', minLength: 1 };
const CONTENT = {
  type: 'object',
  minProperties: 1,
  propertyNames: { pattern: '^[a-z]+/[a-z0-9.+-]+$' },
  additionalProperties: {
    type: 'object',
    required: ['schema'],
    properties: { schema: { type: 'object' } },
    additionalProperties: false,
  },
};
const HEADER = {
  type: 'object',
  required: ['schema'],
  properties: { schema: { type: 'object' }, description: TEXT },
  additionalProperties: false,
};
const PARAMETER = {
  type: 'object',
  required: ['name', 'in', 'required', 'schema'],
  properties: {
    name: TEXT,
    in: { enum: ['path', 'query', 'header'] },
    required: { type: 'boolean' },
    description: TEXT,
    schema: { type: 'object' },
  },
  additionalProperties: false,
};
const REFERENCE = {
  type: 'object',
  required: ['$ref'],
  properties: { $ref: { type: 'string' } },
  additionalProperties: false,
};
const orReference = (schema: object): object => ({ oneOf: [REFERENCE, schema] });
const NAMED = { type: 'object', propertyNames: { pattern: '^[A-Za-z]+$' } };
const HEADERS = { type: 'object', additionalProperties: orReference(HEADER) };
const OPERATION = {
  type: 'object',
  required: ['operationId', 'tags', 'summary', 'security', 'responses'],
  properties: {
    operationId: { type: 'string', pattern: '^[a-z][A-Za-z]+$' },
    tags: { type: 'array', items: TEXT, minItems: 1 },
    summary: TEXT,
    description: TEXT,
    security: { type: 'array', items: { type: 'object' } },
    parameters: { type: 'array', items: orReference(PARAMETER) },
    requestBody: {
      type: 'object',
      required: ['content'],
      properties: { required: { type: 'boolean' }, content: CONTENT },
      additionalProperties: false,
    },
    responses: {
      type: 'object',
      minProperties: 1,
      propertyNames: { pattern: '^[1-5][0-9][0-9]$' },
      additionalProperties: {
        type: 'object',
        required: ['description'],
        properties: { description: TEXT, headers: HEADERS, content: CONTENT },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

/** The parts of OpenAPI 3.1.0 that descriptions here are made of; what it allows besides them is not allowed here. */
const DOCUMENT = {
  type: 'object',
  required: ['openapi', 'info', 'paths', 'components'],
  properties: {
    openapi: { const: '3.1.0' },
    info: {
      type: 'object',
      required: ['title', 'version'],
      properties: { title: TEXT, version: TEXT, description: TEXT },
      additionalProperties: false,
    },
    servers: { type: 'array', items: { type: 'object', required: ['url'], properties: { url: TEXT } } },
    tags: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: TEXT, description: TEXT },
        additionalProperties: false,
      },
    },
    paths: {
      type: 'object',
      propertyNames: { pattern: '^/' },
      additionalProperties: {
        type: 'object',
        propertyNames: { enum: ['get', 'put', 'post', 'delete', 'patch'] },
        additionalProperties: OPERATION,
      },
    },
    components: {
      type: 'object',
      required: ['schemas', 'securitySchemes'],
      properties: {
        schemas: NAMED,
        parameters: { ...NAMED, additionalProperties: PARAMETER },
        headers: { ...NAMED, additionalProperties: HEADER },
        securitySchemes: { const: { token: { type: 'http', scheme: 'bearer' } } },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

/** What a description breaks of OpenAPI 3.1: its structure, and the rules that no schema can tell. */
export function documentFaults(document: Document): string[] {
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    validateFormats: false,
    keywords: ['components'],
  });
  const isDocument = ajv.compile(DOCUMENT);
  const structure = isDocument(document) ? [] : [ajv.errorsText(isDocument.errors)];
  const operations = operationsOf(document);
  const ids = operations.map(([, , { operationId }]) => operationId);
  const tags = new Set(document.tags.map(({ name }) => name));
  return [
    ...structure,
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${id} stands for two calls`),
    ...operations.flatMap(([, , { operationId, tags: own }]) =>
      own.filter((tag) => !tags.has(tag)).map((tag) => `${operationId}: ${tag} is no tag`),
    ),
    ...operations.flatMap(([, path, { operationId, parameters = [] }]) => {
      const inPath = parameters.filter((one) => one.in === 'path' && one.required).map(({ name }) => name);
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const [there, told] = [named.join(', '), inPath.join(', ')];
      return there === told ? [] : [`${operationId}: ${there} in the path, ${told} told`];
    }),
    ...referenceFaults(document),
    ...schemaFaults(document, ajv),
  ];
}

function referenceFaults(document: Document): string[] {
  const used = new Set(
    [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, path]) => path as string),
  );
  const { schemas, parameters, headers } = document.components;
  const known = Object.entries({ schemas, parameters, headers }).flatMap(([kind, parts]) =>
    Object.keys(parts).map((name) => `#/components/${kind}/${name}`),
  );
  return [
    ...[...used].filter((path) => !known.includes(path)).map((path) => `${path} leads nowhere`),
    ...known.filter((path) => !used.has(path)).map((path) => `${path} is used by nobody`),
  ];
}

/** Compiles every schema where it stands: an unknown keyword, a wrong pattern and a wrong example are found. */
function schemaFaults(document: Document, ajv: Ajv2020): string[] {
  ajv.addSchema({ $id: 'document', components: document.components });
  const rooted = (schema: object): object =>
    JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"document#/components')) as object;
  const places = [
    ...Object.entries(document.components.schemas),
    ...operationsOf(document).flatMap(([, , { operationId, parameters = [], responses }]) => [
      ...parameters.map(({ name, schema }) => [`${operationId}.${name}`, schema] as const),
      ...Object.entries(responses).flatMap(([status, { content = {} }]) =>
        Object.values(content).map(({ schema }) => [`${operationId} ${status}`, schema] as const),
      ),
    ]),
  ];
  // the same refusals are described for every call: each schema is compiled once
  const compiled = new Map<string, ValidateFunction>();
  return places.flatMap(([place, schema]) => {
    try {
      const text = JSON.stringify(schema);
      const validate = compiled.get(text) ?? ajv.compile(rooted(schema));
      compiled.set(text, validate);
      const examples = (schema as { examples?: readonly unknown[] }).examples ?? [];
      return examples
        .filter((example) => !validate(example))
        .map((example) => `${place}: ${JSON.stringify(example)}`);
    } catch (error) {
      return [`${place}: ${(error as Error).message}`];
    }
  });
}
