import type { Type } from '@nestjs/common';
import { isLightPath } from '../http/light.error.js';
import { type Access, accessOf } from '../security/access.guard.js';
import { classSchemaName } from '../http/members.js';
import type { Chapter, Described } from '../http/operation.js';
import { ref, type Schema } from '../http/schema.js';
import { NAME } from '../providers/provider.schema.js';
import { membersOf } from './class.schema.js';
import {
  GUARDED,
  lightRefusalAnswers,
  refusalAnswers,
  TOO_MANY_ANSWERS,
  WITH_BODY,
  WITHOUT_BODY,
} from './refusals.js';
import { type Routed, routed } from '../http/routes.js';

/** Where an operation stands in the document. */
export interface PlacedOperation {
  readonly path: string;
  readonly method: string;
  readonly operation: Schema;
  /** The class of its body, which the document needs a schema of. */
  readonly body?: Type | undefined;
}

/** Who may call besides an administrator, in words. */
const TOKENS: Readonly<Record<Access, (ofOne: boolean) => string>> = {
  read: (ofOne) =>
    ofOne ? "a read-only token, the provider's own, a gateway's that acts for it" : 'a read-only token',
  speak: () => "the provider's own, a gateway's that acts for it",
  register: () => "the registration token for a name that is not registered yet, the provider's own",
  discover: () => "a read-only token, a gateway's",
  lookup: () => "a read-only token, a gateway's, none at all with `VITALS_OPEN_LOOKUPS=1`",
  serve: () => "a gateway's that acts for the service",
  'register-service': () =>
    "the registration token for a node that is not registered yet, a gateway's that acts for the service",
};

/** A token is needed only while authentication is on. */
export const OPTIONAL_TOKEN: readonly Schema[] = [{ token: [] }, {}];

/** Describes every call of a chapter. */
export function operationsOf({ tag, controller, operations }: Chapter): PlacedOperation[] {
  return Object.entries(operations).map(([name, described]) => {
    const route = routed(controller, name);
    const { path, method, body } = route;
    return { path, method, body, operation: operationObject(tag, route, described) };
  });
}

function operationObject(tag: string, route: Routed, described: Described): Schema {
  const { id, summary, description, refusals = [] } = described;
  const parameters = [...pathParameters(route.path), ...queryParameters(route.query)];
  const reads = described.body !== undefined;
  const sends = route.method !== 'get';
  const codes = [
    ...GUARDED,
    ...(sends ? (route.takesBody ? WITH_BODY : WITHOUT_BODY) : []),
    ...(route.query ? (['request-invalid'] as const) : []),
    ...refusals,
    ...(reads ? TOO_MANY_ANSWERS : []),
  ];
  const hasLongParts = route.path.includes('{');
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: [description, tokens(route)].filter(Boolean).join('\n\n'),
    security: OPTIONAL_TOKEN,
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && {
      requestBody: jsonBody(
        classSchemaName(route.body),
        membersOf(route.body).some(({ required }) => required),
      ),
    }),
    responses: {
      ...successes(described),
      ...(isLightPath(route.path)
        ? lightRefusalAnswers(codes, route.method, hasLongParts)
        : refusalAnswers(codes, hasLongParts)),
    },
  };
}

/** A body of JSON; it may be left out if each of its members may be. */
export function jsonBody(name: string, required = true): Schema {
  return { required, content: jsonContent({ $ref: `#/components/schemas/${name}` }) };
}

/** JSON of a schema. */
export function jsonContent(schema: Schema): Schema {
  return { 'application/json': { schema } };
}

function successes({ answers, body }: Described): Readonly<Record<string, Schema>> {
  const content = body && { content: jsonContent(ref(body)) };
  return Object.fromEntries(
    Object.entries(answers).map(([status, description]) => [status, { description, ...content }]),
  );
}

function tokens({ handler, path }: Routed): string {
  const access = accessOf(handler);
  const others = access && TOKENS[access](path.includes('{name}'));
  return `Tokens: the administrator's${others ? `, ${others}` : ' only'}.`;
}

/** The parameters that a path has. */
export function pathParameters(path: string): Schema[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: name === 'name' ? NAME : { type: 'string', minLength: 1 },
  }));
}

function queryParameters(type: Type | undefined): Schema[] {
  if (!type) return [];
  return membersOf(type).map(({ name, required, schema: { description, ...schema } }) => ({
    name,
    in: 'query',
    required,
    ...(description !== undefined && { description }),
    schema,
  }));
}
