import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { ProviderHealthCache, ProviderHealthModule } from '@vitals/provider-health';

/** Long enough that no sweep begins by itself while something is measured, and none needs more than 32 at once. */
const NEVER = '1h';
const ALIVE_MS = 60_000;

/** An app with a cache of so many providers, which were not checked yet, and what closes it. */
export async function openCache(size, healthCheck) {
  class App {}
  const imports = [ProviderHealthModule.forRoot({ pollInterval: NEVER })];
  const app = await NestFactory.createApplicationContext({ module: App, imports }, { logger: false });
  const cache = app.get(ProviderHealthCache);
  // the cache alone keeps no process alive
  const alive = setInterval(() => undefined, ALIVE_MS);
  // the sweep that bootstrap begins finds nobody
  await cache.checkNow();
  for (const name of namesOf(size)) cache.register(name, healthCheck);
  const close = () => {
    clearInterval(alive);
    return app.close();
  };
  return { cache, close };
}

/** As many names, the same every time. */
export function namesOf(size) {
  return Array.from({ length: size }, (_, index) => `provider-${index}`);
}
