import { refuse } from './refuse.js';

/** The part of a dynamic module of Nest that holds its providers. */
interface Definition {
  readonly providers?: readonly unknown[];
}

/** A provider that is made by a factory. */
interface FactoryProvider {
  readonly provide: unknown;
  readonly useFactory: (...dependencies: unknown[]) => unknown;
}

/**
 * Refuses a global module of Nest that an app imports in two ways: each would have its own options.
 * @param modules all modules of the app
 * @throws VitalsError `declaration-invalid`
 */
export function requireOneImport(
  module: { readonly name: string },
  modules: Iterable<{ readonly metatype: unknown }>,
): void {
  if ([...modules].filter(({ metatype }) => metatype === module).length <= 1) return;
  refuse(
    `${module.name} is imported both as it is and with options, or with options twice: import it once, in the root module; what it provides is global`,
  );
}

/**
 * The options that somebody gave.
 * @param source who gave them, for example `HealthModule.forRootAsync: the factory`
 * @throws VitalsError `declaration-invalid` unless it is an object: defaults in its place would mislead
 */
export function requireOptions<T>(source: string, given: T): T {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given;
  const kind = Array.isArray(given) ? 'list' : typeof given;
  const what = given === undefined || given === null ? 'nothing' : `a ${kind}`;
  return refuse(`${source} gave ${what}; return an object of options, or {} for the defaults`);
}

/**
 * What `forRootAsync` of a configurable module gives, with a boot that fails unless the factory gives options, at once
 * or as a promise.
 * @param token the injection token of the options
 */
export function requireAsyncOptions<D extends Definition>(module: string, token: unknown, definition: D): D {
  const providers = definition.providers?.map((provider) => {
    const { provide, useFactory } = provider as Partial<FactoryProvider>;
    if (provide !== token || !useFactory) return provider;
    const required = async (...dependencies: unknown[]): Promise<unknown> =>
      requireOptions(`${module}.forRootAsync: the factory`, await useFactory(...dependencies));
    return { ...(provider as FactoryProvider), useFactory: required };
  });
  return { ...definition, providers };
}
