import { Controller, Get, type Type } from '@nestjs/common';
import type { HealthEndpointPaths } from '../../health.module-options.js';
import { ADAPTERS, checkClass, serve } from '../../../test/health-app.js';

const Grouped = checkClass({ name: 'grouped', groups: ['g'] }, () => true);

const Down = checkClass({}, () => false, 'Down');

/** A controller with one route. */
function conflicting(method: typeof Get, path: string): Type {
  class Own {
    own(): string {
      return 'own';
    }
  }
  method(path)(Own.prototype, 'own', Object.getOwnPropertyDescriptor(Own.prototype, 'own')!);
  Controller()(Own);
  return Own;
}

describe.each(ADAPTERS)('the paths of health endpoints on %s', (adapterName, adapter) => {
  it('can be moved', async () => {
    const endpoints = {
      health: '/internal/health',
      healthz: ['/internal/healthz'],
      components: ['/components'],
    };
    const { ask } = await serve({ adapter, health: { endpoints }, providers: [Grouped] });
    for (const path of ['/health', '/health/live', '/healthz', '/v1.0/healthz', '/health/components']) {
      expect([path, (await ask(path)).status]).toEqual([path, 404]);
    }
    for (const path of [
      '/internal/health',
      '/internal/health/live',
      '/internal/health/group/g',
      '/components',
    ]) {
      expect([path, (await ask(path)).status]).toEqual([path, 200]);
    }
    for (const path of ['/internal/healthz', '/internal/healthz/outbound']) {
      expect([path, (await ask(path)).status]).toEqual([path, 204]);
    }
  });

  it.each([
    ['health', '/health', '/healthz'],
    ['healthz', '/healthz', '/health'],
    ['components', '/health/components', '/health'],
    ['metrics', '/health/metrics', '/health'],
    ['livez', '/livez', '/readyz'],
    ['readyz', '/readyz', '/livez'],
  ])('can be switched off: %s', async (endpoint, off, on) => {
    const { ask } = await serve({ adapter, health: { endpoints: { [endpoint]: false } } });
    expect((await ask(off)).status).toBe(404);
    expect((await ask(on)).status).toBeLessThan(300);
  });

  it('are refused in a sentence if they cannot be honoured, before anything else is made of them', async () => {
    const endpoints = { healthz: 5 as never };
    await expect(serve({ adapter, health: { endpoints } })).rejects.toThrow(
      'must be a list of paths, or false',
    );
  });

  it.each<[string, HealthEndpointPaths, string, string]>([
    ['livez', { livez: '/healthz' }, '/healthz', 'healthz'],
    ['readyz', { readyz: '/livez/' }, '/livez', 'livez'],
    ['readyz', { readyz: '/health' }, '/health', 'health'],
    ['livez', { livez: '//health/check' }, '/health/check/:name', 'health'],
    ['components', { components: ['/c', '/%72eadyz'] }, '/readyz', 'readyz'],
    ['healthz', { healthz: ['/z', '/z/'] }, '/z', 'healthz'],
  ])('are refused if two endpoints have one: %s of %j', async (moved, endpoints, path, other) => {
    const both = [moved, other].map((endpoint) => `endpoints.${endpoint}`);
    const refused = await serve({ adapter, health: { endpoints } }).catch(({ message }: Error) => message);
    expect(refused).toContain(
      `both serve ${path}; give one of them another path, or switch it off with false`,
    );
    for (const endpoint of both) expect(refused).toContain(endpoint);
  });

  it('are refused as well on a port of their own', async () => {
    const health = { port: 0, host: '127.0.0.1', endpoints: { livez: '/readyz' } };
    await expect(serve({ adapter, health })).rejects.toThrow(
      'endpoints.livez and endpoints.readyz both serve /readyz',
    );
  });

  it('leave the app its own route once they are moved', async () => {
    const controllers = [conflicting(Get, '/health')];
    const { ask } = await serve({ adapter, controllers, health: { endpoints: { health: '/internal' } } });
    expect([(await ask('/health')).body, (await ask('/internal')).status]).toEqual(['own', 200]);
  });

  it('are not shadowed by a route for everything, as single-page apps have', async () => {
    const everything = adapterName === 'Fastify' ? '*' : '*splat';
    const { ask } = await serve({ adapter, controllers: [conflicting(Get, everything)], providers: [Down] });
    expect([(await ask('/anything')).body, (await ask('/health')).status]).toEqual(['own', 503]);
  });

  it('can be put below a prefix', async () => {
    const { ask } = await serve({ adapter, health: { prefix: '/ops' }, providers: [Grouped] });
    for (const path of ['/ops/health', '/ops/health/group/g', '/ops/livez', '/ops/health/metrics'])
      expect([path, (await ask(path)).status]).toEqual([path, 200]);
    expect([(await ask('/health')).status, (await ask('/ops/healthz')).status]).toEqual([404, 204]);
  });
});
