import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { MetadataScanner } from '@nestjs/core';

/** A handler as Nest routes it. */
export interface Routed {
  /** In lower case, as OpenAPI writes it. */
  readonly method: string;
  /** As OpenAPI writes it: `/providers/{name}`. */
  readonly path: string;
  readonly handler: object;
  /** The class that the body is validated by. */
  readonly body: Type | undefined;
  /** The class that the query is validated by. */
  readonly query: Type | undefined;
  /** Whether it reads anything of a body. */
  readonly takesBody: boolean;
}

type Arguments = Readonly<Record<string, { readonly index: number; readonly data?: unknown }>>;

const BODY_KINDS = [RouteParamtypes.BODY, RouteParamtypes.RAW_BODY] as const;

/** Every handler of a controller that Nest routes. */
export function routesOf(controller: Type): Routed[] {
  const prototype = controller.prototype as Readonly<Record<string, object>>;
  return new MetadataScanner()
    .getAllMethodNames(prototype)
    .filter((name) => Reflect.hasMetadata(METHOD_METADATA, prototype[name] as object))
    .map((name) => routed(controller, name));
}

/** Reads the metadata that Nest's decorators put on a handler. */
export function routed(controller: Type, name: string): Routed {
  const prototype = controller.prototype as Readonly<Record<string, object>>;
  const handler = prototype[name] as object;
  const parts = [controller, handler].map((holder) => String(Reflect.getMetadata(PATH_METADATA, holder)));
  const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod;
  return {
    method: RequestMethod[method].toLowerCase(),
    path: toTemplate(parts),
    handler,
    body: argumentClass(controller, name, RouteParamtypes.BODY),
    query: argumentClass(controller, name, RouteParamtypes.QUERY),
    takesBody: Object.keys(argumentsOf(controller, name)).some((key) =>
      BODY_KINDS.some((kind) => key.startsWith(`${kind}:`)),
    ),
  };
}

/** The class that a handler is given the whole body or the whole query as; `undefined` if it asks for none. */
export function argumentClass(controller: Type, name: string, kind: RouteParamtypes): Type | undefined {
  const types = Reflect.getMetadata('design:paramtypes', controller.prototype as object, name) as
    readonly Type[] | undefined;
  const whole = Object.entries(argumentsOf(controller, name)).find(
    ([key, { data }]) => data === undefined && key.startsWith(`${kind}:`),
  );
  return whole && types?.[whole[1].index];
}

function argumentsOf(controller: Type, name: string): Arguments {
  return (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Arguments;
}

function toTemplate(parts: readonly string[]): string {
  const segments = parts.flatMap((part) => part.split('/')).filter((segment) => segment !== '');
  return `/${segments.map((segment) => (segment.startsWith(':') ? `{${segment.slice(1)}}` : segment)).join('/')}`;
}

/** Under this name Fastify carries the table of its routes. */
export const ROUTES = 'routeTable';

/** The methods of each path, so that a wrong method is a 405 and not a 404, and the calls that read a body. */
export class RouteTable {
  private readonly methodsByPattern = new Map<string, Set<string>>();
  private readonly bodyReaders = new Set<string>();

  /** Notes a route; `url` is a pattern of Fastify's, such as `/providers/:name`. */
  add(methods: string | readonly string[], url: string): void {
    const known = this.methodsByPattern.get(url) ?? new Set<string>();
    for (const method of [methods].flat()) known.add(method);
    this.methodsByPattern.set(url, known);
  }

  /** Notes that the route of this method reads a body; `url` is its pattern. */
  addBodyReader(method: string, url: string): void {
    this.bodyReaders.add(`${method} ${url}`);
  }

  /** Whether the route of a pattern reads a body; `undefined` stands for a path that has no route. */
  readsBody(method: string, url: string | undefined): boolean {
    return this.bodyReaders.has(`${method} ${url}`);
  }

  /** Every route: its pattern, and its methods in alphabetical order. */
  all(): { readonly pattern: string; readonly methods: readonly string[] }[] {
    return [...this.methodsByPattern].map(([pattern, all]) => ({ pattern, methods: [...all].toSorted() }));
  }

  /** Methods of the routes that match a path, in alphabetical order; empty if there is nothing at it. */
  allowed(path: string): string[] {
    const segments = path.split('/');
    const found = this.all().filter(({ pattern }) => matches(pattern.split('/'), segments));
    return [...new Set(found.flatMap(({ methods }) => methods))].toSorted();
  }
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) => (part.startsWith(':') ? segments[index] !== '' : part === segments[index]))
  );
}
