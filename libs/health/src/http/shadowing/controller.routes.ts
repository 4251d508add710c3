import { Injectable, RequestMethod, type VersioningOptions } from '@nestjs/common';
import { METHOD_METADATA, MODULE_PATH, PATH_METADATA, VERSION_METADATA } from '@nestjs/common/constants.js';
import { type ApplicationConfig, MetadataScanner, ModuleRef, ModulesContainer } from '@nestjs/core';
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js';

/** A route of the app. */
export interface AppRoute {
  /** `Class#method`; `undefined` of a route that was registered on the HTTP adapter. */
  readonly owner: string | undefined;
  /** `ALL` if it takes all. */
  readonly method: string;
  /** With prefix and version, as the adapter is given it: a pattern. */
  readonly path: string;
  /** Whether it hands requests on, as a middleware does: others answer them. */
  readonly passesOn?: boolean;
}

/** What the path of a route is made of. */
type PathParts = Parameters<RoutePathFactory['create']>[0];

type Version = PathParts['controllerVersion'];

type Paths = string | string[] | undefined;

/** Nest gives the configuration of an app to its container only. */
interface ConfiguredModuleRef {
  readonly container: { readonly applicationConfig: ApplicationConfig };
}

/**
 * Lists the routes of the app's controllers. Neither adapter can say which class a route is of, and Fastify cannot list
 * its routes: they are read from the decorators, and their paths are formed by what Nest forms them with itself.
 */
@Injectable()
export class ControllerRoutes {
  private readonly scanner = new MetadataScanner();

  constructor(
    private readonly modules: ModulesContainer,
    private readonly moduleRef: ModuleRef,
  ) {}

  /** Every route, with each of its paths; complete when modules are initialised. */
  all(): AppRoute[] {
    const { applicationConfig } = (this.moduleRef as unknown as ConfiguredModuleRef).container;
    const paths = new RoutePathFactory(applicationConfig);
    const versioningOptions = applicationConfig.getVersioning();
    const globalPrefix = withSlash(applicationConfig.getGlobalPrefix());
    return [...this.modules.values()].flatMap((module) => {
      const modulePath = modulePathOf(module.metatype, this.modules.applicationId);
      return [...module.controllers.values()].flatMap(({ metatype }) =>
        typeof metatype === 'function'
          ? this.routesOf(metatype, paths, { modulePath, globalPrefix, versioningOptions })
          : [],
      );
    });
  }

  private routesOf(
    controller: { readonly name: string; readonly prototype: object },
    paths: RoutePathFactory,
    common: PathParts,
  ): AppRoute[] {
    const { name, prototype } = controller;
    const bases = listOf(Reflect.getMetadata(PATH_METADATA, controller) as Paths);
    const controllerVersion = versionOf(controller, common.versioningOptions);
    return this.scanner.getAllMethodNames(prototype).flatMap((key) => {
      const handler = (prototype as Record<string, object>)[key] as object;
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (method === undefined) return [];
      const methodVersion = Reflect.getMetadata(VERSION_METADATA, handler) as Version;
      const own = listOf(Reflect.getMetadata(PATH_METADATA, handler) as Paths);
      return bases
        .flatMap((ctrlPath) => own.map((methodPath) => ({ ...common, ctrlPath, methodPath })))
        .flatMap((parts) => paths.create({ ...parts, methodVersion, controllerVersion }, method))
        .map((path) => ({ owner: `${name}#${key}`, method: RequestMethod[method], path }));
    });
  }
}

function versionOf(controller: object, versioning: VersioningOptions | undefined): Version {
  if (!versioning) return undefined;
  const own = Reflect.getMetadata(VERSION_METADATA, controller) as Version;
  return own ?? versioning.defaultVersion;
}

/** What `RouterModule` put the controllers of a module below. */
function modulePathOf(module: object, applicationId: string): string | undefined {
  const ofApplication = Reflect.getMetadata(MODULE_PATH + applicationId, module) as string | undefined;
  return ofApplication ?? (Reflect.getMetadata(MODULE_PATH, module) as string | undefined);
}

function listOf(paths: Paths): string[] {
  return [paths ?? []].flat().map((path) => withSlash(path) || '/');
}

function withSlash(path: string): string {
  return path === '' || path.startsWith('/') ? path : `/${path}`;
}
