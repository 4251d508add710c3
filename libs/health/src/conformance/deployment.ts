import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { HealthModule } from '../health.module.js';
import type { HealthModuleOptions } from '../health.module-options.js';

/** The part of an HTTP answer that is read; what `fetch` resolves to has it. */
export interface FetchedAnswer {
  readonly status: number;
  text(): Promise<string>;
}

/** An app that was started, and how it is asked and stopped. */
export type Deployment = {
  /** Stops the app; called once, also when the assertion failed. */
  close(): unknown;
} & (
  | {
      /** Base of the health paths, for example `http://127.0.0.1:3000`. */
      readonly url: string;
    }
  | {
      /** Makes a GET request for a path such as `/health/live`. */
      fetch(path: string): Promise<FetchedAnswer>;
    }
);

/**
 * Starts an app of its own for one assertion: with everything in `metadata`, with
 * `HealthModule.forRoot(options)`, with whatever your apps have around it, and with no other check. It
 * resolves once the app has bootstrapped.
 */
export type Boot = (
  metadata: ModuleMetadata,
  options: HealthModuleOptions,
) => Deployment | Promise<Deployment>;

/**
 * A `boot` for an app on this HTTP adapter, on a free port of 127.0.0.1.
 * @param adapter makes the adapter of one app: `() => new FastifyAdapter()`
 * @param configure called before the app is initialised, as the `main.ts` of your app would: prefixes, guards
 */
export function bootOn(
  adapter: () => AbstractHttpAdapter,
  configure?: (app: INestApplication) => void | Promise<void>,
): Boot {
  return async ({ imports = [], ...own }, options) => {
    const root = {
      module: class ConformanceApp {},
      ...own,
      imports: [HealthModule.forRoot(options), ...imports],
    };
    const app = await NestFactory.create(root, adapter(), {
      logger: false,
      abortOnError: false,
      forceCloseConnections: true,
    });
    await configure?.(app);
    await app.listen(0, '127.0.0.1');
    return { url: await app.getUrl(), close: () => app.close() };
  };
}

/** Asks a deployed app. */
export function ask(deployment: Deployment, path: string): Promise<FetchedAnswer> {
  return 'fetch' in deployment ? deployment.fetch(path) : fetch(deployment.url + path);
}
