import 'reflect-metadata';
import { type INestApplication, Injectable, type LoggerService, Module } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Health, HealthModule, HealthStatus, Liveness, Readiness } from '../src/index.js';
import { HealthTesting } from '../src/testing/index.js';
import { afterEachTest } from '../../../test/environment/after-each-test.js';

/** How often the checks of `TestedModule` were really run in the test. */
export const runs = { disk: 0, queue: 0, price: 0 };

@Injectable()
class Checks {
  @Readiness('diskspace')
  disk(): HealthStatus {
    runs.disk++;
    return HealthStatus.up().withAttribute('freebytes', 1);
  }

  @Health({ name: 'queue', every: '10s', staleAfter: '1m', timeout: '1h' })
  queue(): void {
    runs.queue++;
  }

  @Health({ name: 'price', cacheFor: '5m' })
  price(): void {
    runs.price++;
  }

  @Liveness('twin')
  loop(): boolean {
    return true;
  }

  @Readiness({ name: 'twin', failureThreshold: 2 })
  pool(): boolean {
    return true;
  }
}

/** An app with a check of every sort, and two of one name. */
@Module({ imports: [HealthModule], providers: [Checks] })
export class TestedModule {}

const SILENT: LoggerService = { log: () => undefined, warn: () => undefined, error: () => undefined };
const open = new Set<INestApplication>();

afterEachTest(() => void Object.assign(runs, { disk: 0, queue: 0, price: 0 }));

afterEachTest(async () => {
  const apps = [...open];
  open.clear();
  await Promise.all(apps.map((app) => app.close()));
});

/** Starts the app as the tests of a user do; it is closed after the test. */
export async function startTested(
  health = new HealthTesting(),
  adapter: () => AbstractHttpAdapter = () => new FastifyAdapter(),
) {
  const builder = Test.createTestingModule({ imports: [TestedModule] }).setLogger(SILENT);
  const app = (await health.install(builder).compile()).createNestApplication(adapter());
  open.add(app);
  await app.init();
  return { app, health };
}
