import type { Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import type { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';

type Arguments = Readonly<Record<string, { readonly index: number; readonly data?: unknown }>>;

/** The class that a handler is given the whole body or the whole query as; `undefined` if it asks for none. */
export function argumentClass(controller: Type, name: string, kind: RouteParamtypes): Type | undefined {
  const types = Reflect.getMetadata('design:paramtypes', controller.prototype as object, name) as
    readonly Type[] | undefined;
  const all = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Arguments;
  const whole = Object.entries(all).find(
    ([key, { data }]) => data === undefined && key.startsWith(`${kind}:`),
  );
  return whole && types?.[whole[1].index];
}
