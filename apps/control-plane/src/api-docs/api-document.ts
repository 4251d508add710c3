import { createRequire } from 'node:module';
import type { Type } from '@nestjs/common';
import { classSchemaName, PARTS } from '../http/members.js';
import { CHAPTERS } from '../http/operation.js';
import { COMPONENTS, ENUMERATIONS, type Schema } from '../http/schema.js';
import { BESIDE_NEST } from './beside-nest.js';
import { classSchema } from './class.schema.js';
import { HEALTH } from './health.js';
import { operationsOf, type PlacedOperation } from './operation.object.js';
import { portable, withPortableSchemas } from './portable.js';
import { READ_HEADERS, READ_PARAMETERS } from './reads.js';

/** The description of the whole API, as OpenAPI 3.1 has it. */
export interface ApiDocument {
  readonly openapi: '3.1.0';
  readonly info: Schema;
  readonly servers: readonly Schema[];
  readonly tags: readonly Schema[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
}

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

const DESCRIPTION = `JSON with snake_case names. Times are RFC 3339. Every error is \`application/problem+json\` (RFC 9457) with a
\`code\`; wrong fields are named in \`errors\` as JSON Pointers. Besides the answers that each call lists, any path may
answer 404 (\`not-found\`) and 405 (\`method-not-allowed\`, with \`Allow\`), and the bytes of a request may be refused
before they are a call: 400 (also for percent-encoding that is not UTF-8), 408 (\`request-timeout\`), 413, 414 (\`uri-too-long\`), 431 (\`headers-too-large\`). 429 and 503
carry \`Retry-After\`; repeating the same call after it can help.

The calls of the registry (\`/services\`, \`/ws\`) keep the names and the errors of light-controller, whose clients they are
for.

Tokens are sent as \`Authorization: Bearer …\` while authentication is on, that is while \`VITALS_ADMIN_TOKEN\` is set;
while it is off, 401 and 429 do not occur, and 403 only as \`host-not-allowed\` and \`origin-not-allowed\`, for requests
that name another host, or come from the page of another site.
A query parameter that a call does not know is a 400 (\`query-invalid\`), and so is a second value where one is taken; the
paths of health ignore it. Nothing of a refused request is kept.

JSON is UTF-8, with or without a byte order mark. Refused with 400 are texts that are not JSON, and a name that an
object has twice; with 422, naming the member, U+0000 and halves of surrogate pairs in any text (of the path and the
query, too), the member names \`__proto__\` and \`constructor\`, and more than 32 levels. A call without a body ignores
a body that is sent with it, of any content type, up to 64 KiB.`;

const TAGS: Readonly<Record<string, string>> = {
  Providers: 'Registration, and what is known of providers.',
  Heartbeats: 'The two halves of the dual heartbeat: heartbeats, and updates of resources.',
  Orders: 'Cordon, drain and new tokens.',
  'Provider health': 'What providers answered when they were asked.',
  Placement: 'Where work may go now, and holding it there.',
  Services:
    "The registry of light-controller, whose clients work unchanged: its names are not snake_case, and its errors are light-4j's.",
  Checks: 'The definitions, states and results of checks.',
  Declarations: 'Checks and providers that a file declares.',
  'Mass failures': 'Most of a zone, of an environment, or of everything failed at the same time.',
  Transitions: 'What was decided.',
  Tokens: 'For gateways and for dashboards.',
  Backups: 'Of the database, while it is in use.',
  Health: 'The health of the control plane itself.',
};

/** Describes every call: those that Nest routes by what Nest and the validators know of them. */
export function apiDocument(): ApiDocument {
  const operations = [...CHAPTERS.flatMap(operationsOf), ...BESIDE_NEST, ...HEALTH];
  const securitySchemes = { token: { type: 'http', scheme: 'bearer' } };
  return {
    openapi: '3.1.0',
    info: { title: 'Vitals control plane', version, description: DESCRIPTION },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: pathsOf(operations),
    components: {
      schemas: schemasOf(operations),
      parameters: READ_PARAMETERS,
      headers: READ_HEADERS,
      securitySchemes,
    },
  };
}

/** In whichever order modules were loaded, methods come in that of OpenAPI's path item. */
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];

function pathsOf(operations: readonly PlacedOperation[]): ApiDocument['paths'] {
  const paths: Record<string, Record<string, Schema>> = {};
  const inOrder = operations.toSorted((a, b) => METHODS.indexOf(a.method) - METHODS.indexOf(b.method));
  for (const { path, method, operation } of inOrder)
    (paths[path] ??= {})[method] = withPortableSchemas(operation);
  return sorted(paths);
}

function schemasOf(operations: readonly PlacedOperation[]): Readonly<Record<string, Schema>> {
  const bodies = operations.flatMap(({ body }) => (body ? [[body, {}] as const] : []));
  const classes = new Map<Type, Schema>([...bodies, ...PARTS]);
  return sorted(
    Object.fromEntries([
      ...[...COMPONENTS].map(([name, schema]) => [name, portable(schema)] as const),
      ...[...classes].map(
        ([type, more]) => [classSchemaName(type), portable({ ...classSchema(type), ...more })] as const,
      ),
      ...[...ENUMERATIONS].map(([name, words]) => [name, { type: 'string', enum: words }] as const),
    ]),
  );
}

function sorted<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
