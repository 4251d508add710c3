import type { Type } from '@nestjs/common';
import { refTo } from '../http/members.js';
import type { Answer, Chapter, Described } from '../http/operation.js';
import { type Routed, routed } from '../http/routes.js';
import { ref, type Schema } from '../http/schema.js';
import { NAME } from '../providers/provider.schema.js';
import { type Access, accessOf } from '../security/access.guard.js';
import { membersOf } from './class.schema.js';
import { CONSISTENTLY, withAge } from './reads.js';
import { GUARDED, refusalAnswers, WITH_BODY } from './refusals.js';

/** Where an operation stands in the document. */
export interface PlacedOperation {
  readonly path: string;
  readonly method: string;
  readonly operation: Schema;
  /** The class of its body, which the document needs a schema of. */
  readonly body?: Type | undefined;
}

/** What an operation says of itself; `path` and `method` say where it stands. */
interface Operation extends Pick<Described, 'summary' | 'description'>, Pick<Routed, 'path' | 'method'> {
  readonly id: string;
  readonly tag: string;
  /** By default a token, which is needed only while authentication is on. */
  readonly security?: readonly Schema[];
  /** By default those of the path. */
  readonly parameters?: readonly Schema[];
  readonly requestBody?: Schema | undefined;
  readonly responses: Schema;
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

/** Puts an operation into its place in the document. */
export function placed({ path, method, ...own }: Operation): PlacedOperation {
  const { id, tag, summary, description, security = [{ token: [] }, {}], requestBody, responses } = own;
  const { parameters = pathParameters(path) } = own;
  const operation = {
    operationId: id,
    tags: [tag],
    summary,
    description,
    security,
    ...(parameters.length > 0 && { parameters }),
    requestBody,
    responses,
  };
  return { path, method, operation };
}

/** Describes every call of a chapter. */
export function operationsOf({ tag, controller, operations }: Chapter): PlacedOperation[] {
  return Object.entries(operations).map(([id, { summary, description, answers, refusals = [] }]) => {
    const route = routed(controller, id);
    const { path, method, body, query, takesBody } = route;
    const codes = [...GUARDED];
    if (takesBody) codes.push(...WITH_BODY);
    // what is sent with a call that reads no body is passed over, up to a length
    else if (method !== 'get') codes.push('body-too-large');
    const isRead = method === 'get';
    if (query || isRead) codes.push('request-invalid');
    if (isRead) codes.push('store-unavailable');
    codes.push(...refusals);
    const successes = Object.entries(answers).map(([status, answer]) => [status, successOf(answer)] as const);
    // too many answers may be being read
    if (successes.some(([, { content }]) => content)) codes.push('overloaded');
    const refused = refusalAnswers(codes, route, path.includes('{'));
    const responses = { ...Object.fromEntries(successes), ...refused };
    const isBodyNeeded = body && membersOf(body).some(({ required }) => required);
    const operation = placed({
      id,
      path,
      method,
      tag,
      summary,
      description: [description, tokens(route)].filter(Boolean).join('\n\n'),
      parameters: [...pathParameters(path), ...queryParameters(query), ...(isRead ? [CONSISTENTLY] : [])],
      requestBody: body && jsonBody(refTo(body), isBodyNeeded),
      responses: isRead ? withAge(responses) : responses,
    });
    return { ...operation, body };
  });
}

/** A body of JSON; it may be left out if each of its members may be. */
export function jsonBody(schema: Schema, required = true): Schema {
  return { required, content: jsonContent(schema) };
}

/** JSON of a schema. */
export function jsonContent(schema: Schema): Schema {
  return { 'application/json': { schema } };
}

function successOf(answer: Answer | Answer<void>): Schema {
  if (typeof answer === 'string') return { description: answer };
  const [description, body] = answer;
  return { description, content: jsonContent(ref(body)) };
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
  return membersOf(type).map(({ name, required, schema: { description, ...schema } }) => {
    return { name, in: 'query', required, description, schema };
  });
}
