import { Module, type OnModuleDestroy } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Clock, ManualClock } from '@vitals/core/time';
import { checkClass, onClock } from '../test/health-app.js';
import { HealthModule } from './index.js';

/** Wants to be the first one that is destroyed, as libraries do that end their work before the app does. */
@Module({})
class Eager implements OnModuleDestroy {
  static readonly seen: string[] = [];

  constructor(modules: ModulesContainer) {
    for (const module of modules.values()) if (module.metatype === Eager) module.distance = 0;
  }

  onModuleDestroy(): void {
    Eager.seen.push('destroyed');
  }
}

/** Its like comes with another library. */
@Module({ imports: [Eager] })
class OtherLibrary {}

it('A drain is over before the hooks of any other module, also of one that wants to be the first', async () => {
  const clock = new ManualClock();
  // among equals Nest destroys what it found last first
  for (const imports of [
    [{ module: OtherLibrary }, HealthModule.forRoot({ drain: '5s' })],
    [HealthModule.forRoot({ drain: '5s' }), { module: OtherLibrary }],
  ]) {
    Eager.seen.length = 0;
    const app = (await onClock(clock, { module: class App {}, imports })).createNestApplication({
      logger: false,
    });
    await app.init();
    const closed = app.close();
    await clock.advance(4_999);
    Eager.seen.push('drained');
    await clock.advance(1);
    await closed;
    expect(Eager.seen).toEqual(['drained', 'destroyed']);
  }
});

it('Health is answered in a drain also where Fastify is told to answer everything else with 503', async () => {
  const clock = new ManualClock();
  const building = Test.createTestingModule({
    imports: [HealthModule.forRoot({ drain: '5s' })],
    providers: [checkClass({ name: 'live', kinds: ['liveness'] }, () => true)],
  }).overrideProvider(Clock);
  const app = (await building.useValue(clock).compile()).createNestApplication(new FastifyAdapter(), {
    logger: false,
    return503OnClosing: true,
  });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const closed = app.close();
  await clock.settle();
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  expect(await (await fetch(`${url}/health/ready`)).json()).toMatchObject({ status: 'DOWN' });
  expect((await fetch(`${url}/elsewhere`)).status).toBe(503);
  await clock.advance(5_000);
  await closed;
});
