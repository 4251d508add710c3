import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner } from '@nestjs/core';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { argumentClass } from './route-arguments.js';

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

const BODY_KINDS = [RouteParamtypes.BODY, RouteParamtypes.RAW_BODY] as const;

/** Every handler of a controller that Nest routes. */
export function routesOf(controller: Type): Routed[] {
  const prototype = controller.prototype as Readonly<Record<string, object>>;
  return new MetadataScanner()
    .getAllMethodNames(prototype)
    .filter((name) => Reflect.hasMetadata(METHOD_METADATA, prototype[name] as object))
    .map((name) => routed(controller, name));
}

/** Reads what Nest's decorators said of a handler. */
export function routed(controller: Type, name: string): Routed {
  const prototype = controller.prototype as Readonly<Record<string, object>>;
  const handler = prototype[name] as object;
  const parts = [controller, handler].map((holder) => String(Reflect.getMetadata(PATH_METADATA, holder)));
  const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod;
  const read = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) as object | undefined;
  return {
    method: RequestMethod[method].toLowerCase(),
    path: toTemplate(parts),
    handler,
    body: argumentClass(controller, name, RouteParamtypes.BODY),
    query: argumentClass(controller, name, RouteParamtypes.QUERY),
    takesBody: Object.keys(read ?? {}).some((key) => BODY_KINDS.some((kind) => key.startsWith(`${kind}:`))),
  };
}

function toTemplate(parts: readonly string[]): string {
  const segments = parts.flatMap((part) => part.split('/')).filter((segment) => segment !== '');
  return `/${segments.map((segment) => (segment.startsWith(':') ? `{${segment.slice(1)}}` : segment)).join('/')}`;
}
