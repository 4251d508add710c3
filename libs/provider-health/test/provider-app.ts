import 'reflect-metadata';
import {
  type DynamicModule,
  type INestApplicationContext,
  type LoggerService,
  Module,
  type ModuleMetadata,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ProviderHealthModule, type ProviderHealthModuleOptions } from '../src/index.js';
import { afterEachTest } from '../../../test/environment/after-each-test.js';

/** What an app is made of. */
export interface ProviderAppOptions extends ModuleMetadata {
  readonly health?: ProviderHealthModuleOptions;
  /** Instead of `ProviderHealthModule.forRoot`. */
  readonly module?: DynamicModule | typeof ProviderHealthModule;
  readonly logger?: LoggerService;
}

const open = new Set<INestApplicationContext>();

afterEachTest(async () => {
  const apps = [...open];
  open.clear();
  await Promise.all(apps.map((app) => app.close()));
});

/** Boots an app that is closed after the test; rejects with what the boot failed with. */
export async function boot(options: ProviderAppOptions = {}): Promise<INestApplicationContext> {
  const {
    health = {},
    module = ProviderHealthModule.forRoot(health),
    logger,
    imports = [],
    ...own
  } = options;
  @Module({ ...own, imports: [module, ...imports] })
  class App {}
  const settings = { logger: logger ?? (false as const), abortOnError: false };
  const app = await NestFactory.createApplicationContext(App, settings);
  open.add(app);
  return app;
}

/** A logger that keeps what it is told by the library, by level. */
export function recordingLogger() {
  const lines = {
    log: [] as string[],
    warn: [] as string[],
    error: [] as string[],
    debug: [] as string[],
  };
  const keep =
    (level: keyof typeof lines) =>
    (message: unknown, ...more: unknown[]) => {
      if (more.at(-1) === 'ProviderHealth') lines[level].push(String(message));
    };
  return {
    lines,
    logger: {
      log: keep('log'),
      warn: keep('warn'),
      error: keep('error'),
      debug: keep('debug'),
    } satisfies LoggerService,
  };
}
