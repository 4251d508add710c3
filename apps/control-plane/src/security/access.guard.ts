import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { VitalsError } from '@vitals/core/errors';
import type { FastifyRequest } from 'fastify';
import { Authenticator } from './authenticator.js';
import { type Identity, speaksFor } from './identity.js';

/**
 * What a route takes besides an administrator's token. `read`: a token that only reads, or one that speaks for
 * the provider that is asked about. `speak`: one that speaks for the provider. `register`: the registration
 * token, or the provider's own.
 */
export type Access = 'read' | 'speak' | 'register';

const ACCESS = Symbol('access');

/** Opens a route to more than administrators; without it, it is theirs alone. */
export const Allow = (access: Access): MethodDecorator => SetMetadata(ACCESS, access);

/** What a handler was opened to; `undefined` if it is the administrator's alone. */
export const accessOf = (handler: object): Access | undefined =>
  Reflect.getMetadata(ACCESS, handler) as Access | undefined;

/** Under this name a request carries who asks. */
export const IDENTITY = Symbol('identity');

/** A request that has passed the guard. */
export type IdentifiedRequest = FastifyRequest & { [IDENTITY]?: Identity };

/** Lets a request through if who asks may do what the route does; fails closed. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly reflector: Reflector,
  ) {}

  /** @throws VitalsError `unauthenticated`, `rate-limited`, `forbidden` */
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<IdentifiedRequest>();
    const identity = this.authenticator.identify(request.headers.authorization);
    request[IDENTITY] = identity;
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    const { name } = { ...(request.body as object | undefined), ...(request.params as object) } as {
      name?: unknown;
    };
    if (mayPass(identity, access, typeof name === 'string' ? name : undefined)) return true;
    throw forbidden(identity);
  }
}

/** Why an identity may not do something, in words that say which token would do. */
export function forbidden(identity: Identity): VitalsError {
  const may = {
    anonymous: 'may do everything',
    admin: 'may do everything',
    registration: 'may only register names that are not registered yet',
    'read-only': 'may only read',
    provider: `speaks only for ${identity.kind === 'provider' ? identity.name : 'its provider'}`,
    gateway: 'speaks only for the providers that it was given for',
  }[identity.kind];
  return new VitalsError('forbidden', `this token ${may}; use one that may do this, or the administrator's`);
}

function mayPass(identity: Identity, access: Access | undefined, name: string | undefined): boolean {
  if (identity.kind === 'anonymous' || identity.kind === 'admin') return true;
  const speaks = name !== undefined && speaksFor(identity, name);
  switch (access) {
    case 'read':
      return identity.kind === 'read-only' || speaks;
    case 'speak':
      return speaks;
    case 'register':
      return identity.kind === 'registration' || (identity.kind === 'provider' && speaks);
    case undefined:
      return false;
    default:
      return access satisfies never;
  }
}
