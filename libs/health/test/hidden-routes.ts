import {
  All,
  Controller,
  Get,
  Module,
  type ModuleMetadata,
  Post,
  RequestMethod,
  type Type,
  VERSION_NEUTRAL,
  VersioningType,
} from '@nestjs/common';
import { type NestApplication, RouterModule } from '@nestjs/core';

type Route = (path?: string | string[]) => MethodDecorator;

/** A controller `Own` with one route, `own`. */
export function own(
  route: Route,
  path: string | string[],
  options: Parameters<typeof Controller>[0] = {},
): Type {
  class Own {
    own(): string {
      return 'own';
    }
  }
  route(path)(Own.prototype, 'own', Object.getOwnPropertyDescriptor(Own.prototype, 'own')!);
  Controller(options as never)(Own);
  return Own;
}

/** Puts versions into paths. */
export const versionsInPaths = (app: NestApplication) =>
  void app.enableVersioning({ type: VersioningType.URI });

@Module({ controllers: [own(Get, 'live')] })
class Routed {}

/** A route that health would answer for, and what the refusal of it names. */
export interface HiddenRoute {
  readonly what: string;
  readonly controllers?: Type[];
  readonly imports?: ModuleMetadata['imports'];
  readonly configure?: (app: NestApplication) => void;
  readonly route: string;
  readonly health: string;
  readonly endpoint?: string;
}

/** A route of each kind. */
export const HIDDEN: readonly HiddenRoute[] = [
  {
    what: 'at a path of health',
    controllers: [own(Get, '/health')],
    route: 'GET /health',
    health: '/health',
  },
  {
    what: 'of another method',
    controllers: [own(Post, 'health/live')],
    route: 'POST /health/live',
    health: '/health/live',
  },
  {
    what: 'of all methods',
    controllers: [own(All, 'livez')],
    route: 'ALL /livez',
    health: '/livez',
    endpoint: 'livez',
  },
  {
    what: 'that a path with a name matches',
    controllers: [own(Get, '/health/check/mine')],
    route: 'GET /health/check/mine',
    health: '/health/check/:name',
  },
  {
    what: 'of all methods, that a path with a name matches',
    controllers: [own(All, 'readyz/:which')],
    route: 'ALL /readyz/:which',
    health: '/readyz/:name',
    endpoint: 'readyz',
  },
  {
    what: 'with parameters of its own',
    controllers: [own(Get, 'health/components/:kind/all')],
    route: 'GET /health/components/:kind/all',
    health: '/health/components/:type/:name',
    endpoint: 'components',
  },
  {
    what: 'with a slash at its end',
    controllers: [own(Get, 'health/live/')],
    route: 'GET /health/live',
    health: '/health/live',
  },
  {
    what: 'of which one path of several is of health',
    controllers: [own(Get, ['mine', 'health/group/mine'])],
    route: 'GET /health/group/mine',
    health: '/health/group/:name',
  },
  {
    what: 'of a controller with several paths',
    controllers: [own(Get, 'mine', { path: ['a', 'health/check'] })],
    route: 'GET /health/check/mine',
    health: '/health/check/:name',
  },
  {
    what: 'below a global prefix',
    controllers: [own(Get, 'live')],
    configure: (app) => void app.setGlobalPrefix('health'),
    route: 'GET /health/live',
    health: '/health/live',
  },
  {
    what: 'that is left out of a global prefix',
    controllers: [own(Get, 'health/check/mine')],
    configure: (app) =>
      void app.setGlobalPrefix('api', {
        exclude: [{ path: 'health/check/mine', method: RequestMethod.GET }],
      }),
    route: 'GET /health/check/mine',
    health: '/health/check/:name',
  },
  {
    what: 'whose version makes its path one of health',
    controllers: [own(Get, 'healthz', { version: '1.0' })],
    configure: versionsInPaths,
    route: 'GET /v1.0/healthz',
    health: '/v1.0/healthz',
    endpoint: 'healthz',
  },
  {
    what: 'of several versions, one of them neutral',
    controllers: [own(Get, 'healthz', { version: ['2', VERSION_NEUTRAL] })],
    configure: versionsInPaths,
    route: 'GET /healthz',
    health: '/healthz',
    endpoint: 'healthz',
  },
  {
    what: 'whose version is in a header',
    controllers: [own(Get, 'health', { version: '1' })],
    configure: (app) => void app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
    route: 'GET /health',
    health: '/health',
  },
  {
    what: 'that is for one host only',
    controllers: [own(Get, 'health/ready', { host: 'api.example.org' })],
    route: 'GET /health/ready',
    health: '/health/ready',
  },
  {
    what: 'of a module with a path',
    imports: [Routed, RouterModule.register([{ path: 'health', module: Routed }])],
    route: 'GET /health/live',
    health: '/health/live',
  },
];
