import 'reflect-metadata';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { boot } from '../test/provider-app.js';
import { ProviderHealthCache, providerStatusBody } from './index.js';

const PAGE = readFileSync('libs/provider-health/README.md', 'utf8');

/** Fenced blocks of a language, in order. */
function blocks(language: string): string[] {
  return [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(
    ([, block]) => block as string,
  );
}

/** What a program exports, run as it stands but for the address of the docker that it asks: there nobody listens. */
async function run(program: string, name: string): Promise<Record<string, unknown>> {
  const folder = join('test', '.examples');
  const path = join(folder, `provider-health-${name}.ts`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, program.replaceAll('127.0.0.1:2375', '127.0.0.1:9'));
  try {
    return (await import(join(process.cwd(), path))) as Record<string, unknown>;
  } finally {
    rmSync(path, { force: true });
  }
}

describe('The README', () => {
  it('shows a module that keeps the health of a provider', async () => {
    const { AppModule } = await run(blocks('ts')[0] ?? '', 'module');
    const app = await boot({ imports: [], module: AppModule as never });
    const cache = app.get(ProviderHealthCache);
    await cache.checkNow();
    expect(cache.get('docker')).toMatchObject({ healthy: false, checked: true });
  });

  it('shows a provider that is registered at run time', async () => {
    const { Agents } = await run(blocks('ts')[1] ?? '', 'run-time');
    const app = await boot({ providers: [Agents as Type] });
    const unregister = await app
      .get<{ connected: (name: string, url: string) => Promise<() => boolean> }>(Agents as Type)
      .connected('agent', 'http://127.0.0.1:9');
    expect(app.get(ProviderHealthCache).get('agent')).toMatchObject({ healthy: false, checked: true });
    expect([unregister(), app.get(ProviderHealthCache).has('agent')]).toEqual([true, false]);
  });

  it('shows a controller that answers what it says', async () => {
    const { AppModule } = await run(blocks('ts')[2] ?? '', 'http');
    @Module({ imports: [AppModule as Type] })
    class App {}
    const app = await NestFactory.create(App, new FastifyAdapter(), { logger: false });
    try {
      await app.listen(0, '127.0.0.1');
      const url = `${await app.getUrl()}/provider-health`;
      const cache = app.get(ProviderHealthCache);
      await cache.checkNow();
      cache.register('docker', () => ({ healthy: true, message: 'HTTP 200' }));
      expect(await (await fetch(`${url}/docker`)).json()).toEqual({ name: 'docker', status: 'unknown' });
      expect((await fetch(`${url}/sweeps`, { method: 'POST' })).status).toBe(202);
      await cache.checkNow();
      const answer = (await (await fetch(url)).json()) as { providers: object[] };
      const shown = JSON.parse(blocks('json')[0] ?? '') as object;
      expect(Object.keys(answer.providers[0] ?? {})).toEqual(Object.keys(shown));
      const status = cache.get('docker');
      expect(answer.providers).toEqual(status && [providerStatusBody(status)]);
      expect((await fetch(`${url}/podman`)).status).toBe(404);
    } finally {
      await app.close();
    }
  });
});
