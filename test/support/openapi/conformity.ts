import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { type Document, fits, type Operation, operationsOf } from './document.js';

/** An exchange that was made. */
export interface Exchange {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly sent?: unknown;
  readonly status: number;
  readonly type: string | null;
  readonly body: unknown;
}

/**
 * Holds what is sent and answered against a description. It is stricter than the description: an answer may not
 * have a member that is not described.
 */
export class Conformity {
  /** Which statuses each call was seen to answer. */
  readonly seen = new Map<string, Set<number>>();
  private readonly ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allErrors: true,
    validateFormats: false,
    keywords: ['components'],
  });
  /** The same refusals are described for every call: each schema is compiled once. */
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(private readonly document: Document) {
    this.ajv.addSchema({ $id: 'requests', components: document.components });
    this.ajv.addSchema({ $id: 'answers', components: closed(document.components) });
  }

  /** What of an exchange is not as described; empty if all is. */
  faults(exchange: Exchange): string[] {
    const { method, path, status, type } = exchange;
    const found = this.operation(method, path);
    if (!found) return [`${method} ${path} is not described`];
    const [operation, template] = found;
    const key = `${method} ${template}`;
    this.seen.set(key, (this.seen.get(key) ?? new Set()).add(status));
    const answer = operation.responses[String(status)];
    const what = `${method} ${path} ${status}`;
    if (!answer) return [`${what} is not described`];
    const media = type?.split(';', 1)[0] ?? '';
    if (!answer.content) return exchange.body === '' ? [] : [`${what}: a body that is not described`];
    const schema = answer.content[media]?.schema;
    if (!schema) return [`${what}: ${media} is not described`];
    return this.check('answers', schema, exchange.body, what);
  }

  /** What of a body is not as described; empty if all is. */
  bodyFaults({ method, path, sent }: Exchange): string[] {
    const schema = this.operation(method, path)?.[0].requestBody?.content['application/json']?.schema;
    if (!schema) return sent === undefined ? [] : [`${method} ${path} takes no body`];
    return this.check('requests', schema, sent, `${method} ${path}, as it was sent`);
  }

  /** The described answers that were not seen yet, as `GET /path 200`. */
  unseen(): string[] {
    return operationsOf(this.document).flatMap(([method, path, { responses }]) => {
      const call = `${method.toUpperCase()} ${path}`;
      const seen = this.seen.get(call);
      return Object.keys(responses)
        .filter((status) => !seen?.has(Number(status)))
        .map((status) => `${call} ${status}`);
    });
  }

  private check(root: string, schema: object, value: unknown, what: string): string[] {
    const key = root + JSON.stringify(schema);
    const meant = root === 'answers' ? closed(schema) : schema;
    const validate = this.compiled.get(key) ?? this.ajv.compile(rooted(meant, root) as object);
    this.compiled.set(key, validate);
    return validate(value)
      ? []
      : [`${what}: ${this.ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`];
  }

  private operation(method: string, path: string): readonly [Operation, string] | undefined {
    const plain = path.split('?', 1)[0] as string;
    const found = operationsOf(this.document)
      .filter(([known, template]) => known === method.toLowerCase() && fits(template, plain))
      .toSorted(([, one], [, other]) => one.split('{').length - other.split('{').length)[0];
    return found && [found[2], found[1]];
  }
}

/** The same schema, in which objects have only the members that are described. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isOpen =
    members['type'] === 'object' && 'properties' in members && !('additionalProperties' in members);
  return isOpen ? { ...members, additionalProperties: false } : members;
}

/** The same schema, pointing into the document that is registered under an id. */
function rooted(schema: unknown, root: string): unknown {
  if (Array.isArray(schema)) return schema.map((part) => rooted(part, root));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' ? root + value : rooted(value, root),
    ]),
  );
}
