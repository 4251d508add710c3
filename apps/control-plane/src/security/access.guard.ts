import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import type { FastifyRequest } from 'fastify';
import { Authenticator } from './authenticator.js';
import { type Identity, speaksFor } from './caller.js';
import { SecondLook } from './second.look.js';

type Rule = (identity: Identity, request: Addressed) => boolean;

const RULES = {
  /** A token that only reads, or speaks for the provider that is asked about. */
  read: (identity, request) => identity.kind === 'read-only' || speaksForProvider(identity, request),
  /** One that speaks for the provider. */
  speak: speaksForProvider,
  /** The registration token, or the provider's own. */
  register: (identity, request) =>
    identity.kind === 'registration' ||
    (identity.kind === 'provider' && speaksForProvider(identity, request)),
  /** One that only reads, or that of any gateway: who serves has to find others. */
  discover: ({ kind }) => kind === 'read-only' || kind === 'gateway',
  /** The same, and none at all where lookups are open. */
  lookup: ({ kind }) => kind !== 'registration' && kind !== 'provider',
  /** That of a gateway which speaks for the service. */
  serve: speaksForService,
  /** The same, or the registration token. */
  'register-service': (identity, request) =>
    identity.kind === 'registration' || speaksForService(identity, request),
} as const satisfies Readonly<Record<string, Rule>>;

/** The tokens that a route accepts besides an administrator's. */
export type Access = keyof typeof RULES;

const ACCESS = Symbol('access');

/** Opens a route to more than administrators; without it, it is theirs alone. */
export const Allow = (access: Access): MethodDecorator => SetMetadata(ACCESS, access);

/** The access that a handler was opened to; `undefined` if it is the administrator's alone. */
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
    private readonly secondLook: SecondLook,
  ) {}

  /**
   * @throws VitalsError `unauthenticated`, `rate-limited`, `forbidden`, `origin-not-allowed`; `store-unavailable` if
   *   others may know better, and nobody can tell
   */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<IdentifiedRequest>();
    const access = accessOf(context.getHandler());
    try {
      return this.letIn(request, access);
    } catch (refusal) {
      if (!this.secondLook.isDue(refusal)) throw refusal;
      return this.secondLook.caughtUp().then(() => this.letIn(request, access));
    }
  }

  private letIn(request: IdentifiedRequest, access: Access | undefined): true {
    const identity = this.authenticator.identifyFor(access, request.headers);
    request[IDENTITY] = identity;
    assertAllowed(identity, access, request);
    return true;
  }
}

/** The parts of a request that name whom it is about. */
export type Addressed = Readonly<Partial<Record<'body' | 'params' | 'query', unknown>>>;

/** @throws VitalsError `forbidden` unless this identity may do what is open to `access` */
export function assertAllowed(identity: Identity, access: Access | undefined, request: Addressed): void {
  if (identity.kind === 'anonymous' || identity.kind === 'admin') return;
  if (access === undefined || !RULES[access](identity, request)) throw forbidden(identity);
}

/** Why an identity may not do something, in words that say which token would do. */
export function forbidden(identity: Identity): VitalsError {
  const may = {
    anonymous: 'may do everything',
    admin: 'may do everything',
    registration: 'may only register names, and nodes of services, that are not registered yet',
    'read-only': 'may only read',
    visitor: 'may only look up services',
    provider: `may act only for ${identity.kind === 'provider' ? identity.name : 'its provider'}`,
    gateway: 'may act only for the providers and services that it was given for',
  }[identity.kind];
  return new VitalsError(
    'forbidden',
    `this token ${may}; use one that may do this (POST /tokens gives out tokens for gateways and for readers), or the administrator's`,
  );
}

function speaksForProvider(identity: Identity, { body, params }: Addressed): boolean {
  const { name } = { ...(body as object | undefined), ...(params as object | undefined) } as {
    name?: unknown;
  };
  return typeof name === 'string' && speaksFor(identity, name);
}

/** Whatever a request says of a service has to be spoken for, wherever it says it: the handler reads only a part. */
function speaksForService(identity: Identity, { body, params, query }: Addressed): boolean {
  if (identity.kind !== 'gateway') return false;
  const named = [body, params, query].flatMap((part) => {
    const { serviceId, id } = { ...(part as object | undefined) } as { serviceId?: unknown; id?: unknown };
    return [serviceId, typeof id === 'string' ? id.split(/[|:]/, 1)[0] : id];
  });
  const given = named.filter((one) => one !== undefined);
  // tokens name in lower case only
  const speaks = (one: unknown): boolean => typeof one === 'string' && speaksFor(identity, one.toLowerCase());
  return given.length > 0 && given.every(speaks);
}
