import { Controller, Get, Post, type Type } from '@nestjs/common';
import { ADAPTERS, checkClass, serve } from '../../test/health-app.js';

const Grouped = checkClass({ name: 'grouped', groups: ['g'] }, () => true);

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
  ])('can be switched off: %s', async (endpoint, off, on) => {
    const { ask } = await serve({ adapter, health: { endpoints: { [endpoint]: false } } });
    expect((await ask(off)).status).toBe(404);
    expect((await ask(on)).status).toBeLessThan(300);
  });

  if (adapterName === 'Fastify') {
    it.each([
      ['GET', Get, '/health'],
      ['GET', Get, '/healthz'],
      ['POST', Post, '/health/live'],
    ])(
      'fails the boot when the app has a route %s %s of its own, and says what to do',
      async (name, method, path) => {
        await expect(serve({ adapter, controllers: [conflicting(method, path)] })).rejects.toThrow(
          `the app has a route ${name} ${path} of its own; move or switch off that of HealthModule.forRoot({ endpoints })`,
        );
      },
    );

    it('boots beside such a route once the endpoint is moved', async () => {
      const controllers = [conflicting(Get, '/health')];
      const { ask } = await serve({ adapter, controllers, health: { endpoints: { health: '/internal' } } });
      expect([(await ask('/health')).body, (await ask('/internal')).status]).toEqual(['own', 200]);
    });
  }
});
