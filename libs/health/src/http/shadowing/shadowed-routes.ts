import { Injectable, Logger } from '@nestjs/common';
import { refuse } from '@vitals/core/options';
import { plainPath } from '../health.paths.js';
import { type HealthRoute, HealthRoutes } from '../health.routes.js';
import { type AppRoute, ControllerRoutes } from './controller.routes.js';
import { overlapOf } from './route-pattern.js';

/** Finds routes of the app that would never be reached, because health answers in their place. */
@Injectable()
export class ShadowedRoutes {
  private readonly logger = new Logger('Health');

  constructor(
    private readonly controllers: ControllerRoutes,
    private readonly health: HealthRoutes,
  ) {}

  /**
   * Warns of middleware that is put on a path of health, and of routes that lose some of their paths, unless they are for any first segment, as those of single-page apps.
   * @param registered routes on the HTTP adapter, whoever put them there
   * @throws VitalsError `declaration-invalid` if there are routes that would never be asked, naming all of them
   */
  refuse(registered: readonly AppRoute[]): void {
    const health = this.health.all();
    const ofControllers = this.controllers.all();
    const known = new Set(ofControllers.map(({ path }) => plainPath(path)));
    const others = registered.filter(({ path }) => !known.has(plainPath(path)));
    const hidden = [...ofControllers, ...onePerPath(others)].flatMap((route) => {
      const by = health.find(({ path }) => overlapOf(path, route.path) === 'hides');
      if (by && route.passesOn) this.logger.warn(describeMiddleware(route, by));
      return by && !route.passesOn ? [describe(route, by)] : [];
    });
    if (hidden.length > 0) refuse(hidden.join('\n'));
    for (const route of ofControllers) this.warn(route, health);
  }

  private warn(route: AppRoute, health: readonly HealthRoute[]): void {
    if (!/^\/[\w.~-]+(\/|$)/.test(route.path)) return;
    const lost = health
      .filter(({ path }) => overlapOf(path, route.path) === 'splits')
      .map(({ path }) => path);
    if (lost.length > 0)
      this.logger.warn(`${nameOf(route)} is not reached at ${lost.join(', ')}: health answers there`);
  }
}

function describe(route: AppRoute, { path, endpoint }: HealthRoute): string {
  return (
    `${nameOf(route)} would never be reached, because health answers ${path}; move the route, or move or switch off ` +
    `that of health: HealthModule.forRoot({ endpoints: { ${endpoint} } })`
  );
}

function describeMiddleware({ method, path }: AppRoute, by: HealthRoute): string {
  return `the middleware for ${method} ${path} is not called, because health answers ${by.path}; leave that path out of forRoutes`;
}

function nameOf({ owner, method, path }: AppRoute): string {
  return `the route ${method} ${path} of ${owner ?? 'the app'}`;
}

/** Fastify adds HEAD to every GET. */
function onePerPath(routes: readonly AppRoute[]): AppRoute[] {
  return [...new Map(routes.toReversed().map((route) => [route.path, route])).values()].toReversed();
}
