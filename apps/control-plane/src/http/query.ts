import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  RequestMethod,
  type Type,
} from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { VitalsError } from '@vitals/core/errors';
import { shownText } from '@vitals/core/json';
import { didYouMean } from '@vitals/core/nearest-name';
import { getMetadataStorage } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { tryRead } from './members.js';
import { argumentClass } from './routes.js';

/** The parameters that a call knows, and whether each may be given several times. */
export type KnownQuery = ReadonlyMap<string, boolean>;

/** What is known to a call that has no parameters. */
export const NO_QUERY: KnownQuery = new Map();

/** The parameter of every read that asks for what is newest; it is taken out of the query before a call sees it. */
export const CONSISTENT = 'consistent';

/** Other words for what is asked for, which no comparison of letters finds. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  changed_since: 'since',
  cores: 'cpu',
  cursor: 'page_token',
  disk: 'storage',
  gpu: 'capability',
  limit: 'max_page_size',
  mem: 'memory',
  offset: 'page_token',
  page: 'page_token',
  ram: 'memory',
  service_type: 'type',
  since: 'changed_since',
  size: 'max_page_size',
  type: 'service_type',
};

/** No name of a request is repeated at greater length. */
const MAX_SHOWN = 100;

/** The parameters of a class that a query is validated by; those whose rules are for each value may be repeated. */
export function knownQueryOf(type: Type): KnownQuery {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
  const known = new Map<string, boolean>();
  for (const { propertyName, each } of rules)
    known.set(propertyName, each || (known.get(propertyName) ?? false));
  return known;
}

/**
 * Refuses what a call would ignore: a parameter that it does not know, and a second value where one is taken.
 * @throws VitalsError `query-invalid`, naming the parameter and the known one that is nearest
 */
export function assertQuery(given: Readonly<Record<string, unknown>>, known: KnownQuery): void {
  for (const [name, value] of Object.entries(given)) {
    const isRepeatable = known.get(name);
    if (isRepeatable === undefined) throw invalid(unknownText(name, known));
    if (Array.isArray(value) && !isRepeatable)
      throw invalid(`the query parameter \`${name}\` takes one value, and is given ${value.length} times`);
  }
}

/**
 * The same for a URL that has not been parsed. @param url with or without a query
 * @throws VitalsError `query-invalid`, `request-malformed`
 */
export function assertNoQuery(url: string): void {
  assertQueryEncoding(url);
  const start = url.indexOf('?');
  if (start >= 0 && start < url.length - 1)
    assertQuery(Object.fromEntries(new URLSearchParams(url.slice(start + 1))), NO_QUERY);
}

function unknownText(name: string, known: KnownQuery): string {
  const text = `unknown query parameter \`${shownText(name, MAX_SHOWN)}\``;
  const word = Object.hasOwn(OTHER_WORDS, name.toLowerCase()) ? OTHER_WORDS[name.toLowerCase()] : undefined;
  const advice = didYouMean(word !== undefined && known.has(word) ? word : name, known.keys());
  if (advice !== undefined) return `${text}; ${advice}`;
  const names = [...known.keys()].toSorted().map((one) => `\`${one}\``);
  return `${text}; ${names.length === 0 ? 'this call takes none' : `there are ${names.join(', ')}`}`;
}

function invalid(detail: string): VitalsError {
  return new VitalsError('query-invalid', detail);
}

/**
 * Refuses a query whose percent-encoding is not UTF-8: parsers of queries make other characters of it, or leave it as
 * it is. @param url with its path
 * @throws VitalsError `request-malformed` that names the parameter
 */
export function assertQueryEncoding(url: string): void {
  const start = url.indexOf('?');
  if (start < 0 || !url.includes('%', start)) return;
  for (const pair of url.slice(start + 1).split('&')) {
    if (tryRead(() => decodeURIComponent(pair)) !== undefined) continue;
    const name = tryRead(() => decodeURIComponent(pair.split('=', 1)[0] as string));
    const parameter =
      name === undefined ? 'the query' : `the query parameter ${JSON.stringify(shownText(name, 100))}`;
    const detail = `${parameter} is not valid percent-encoded UTF-8; write a "%" as %25`;
    throw new VitalsError('request-malformed', detail);
  }
}

/**
 * Refuses query parameters that a call would ignore. A call knows the members of the class of its `@Query()`, and none
 * without one. Health lies beside Nest's router, and stays lenient: a probe must not turn red for a parameter.
 */
@Injectable()
export class QueryInterceptor implements NestInterceptor {
  private readonly knownBy = new WeakMap<object, KnownQuery>();

  /** @throws VitalsError `query-invalid` */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { query } = context.switchToHttp().getRequest<FastifyRequest>();
    assertQuery(query as Readonly<Record<string, unknown>>, this.knownTo(context));
    return next.handle();
  }

  private knownTo(context: ExecutionContext): KnownQuery {
    const handler = context.getHandler();
    const before = this.knownBy.get(handler);
    if (before) return before;
    const type: Type | undefined = argumentClass(context.getClass(), handler.name, RouteParamtypes.QUERY);
    const known = new Map(type ? knownQueryOf(type) : NO_QUERY);
    if (Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.GET) known.set(CONSISTENT, false);
    this.knownBy.set(handler, known);
    return known;
  }
}
