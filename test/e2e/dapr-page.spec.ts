import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { INestMicroservice } from '@nestjs/common';
import { ManualClock, parseDuration } from '@vitals/core/time';
import yaml from 'js-yaml';
import { HealthComponent, Readiness } from '@vitals/health';
import { daprSidecar } from '../../libs/health/test/dapr-sidecar.js';
import { closeAfterTest } from '../../libs/health/test/grpc-app.js';
import { checkClass, serve } from '../../libs/health/test/health-app.js';
import type { Manifest } from '../support/kubernetes-manifests.js';

const PAGE = readFileSync('docs/dapr.md', 'utf8');
const [, manifestText = ''] = /^```yaml\n([^]*?)^```/m.exec(PAGE) ?? [];
const [deployment] = yaml.loadAll(manifestText) as [Manifest];
const template = deployment.spec.template as Manifest['spec']['template'] & {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
};
const annotation = (name: string): string => template.metadata.annotations[`dapr.io/${name}`] as string;
const [, options = ''] = /HealthModule\.forRoot\(\{(.*?)\}\)/.exec(PAGE) ?? [];
const optionMs = (name: string): number =>
  parseDuration(new RegExp(`${name}: '(\\w+)'`).exec(options)?.[1] as string);

describe('The page on Dapr', () => {
  it('gives an answer less time than the sidecar does, and a probe less than the time between two', () => {
    const timeoutMs = Number(annotation('app-health-probe-timeout'));
    expect(optionMs('answerWithin')).toBeLessThan(timeoutMs);
    expect(timeoutMs).toBeLessThan(1_000 * Number(annotation('app-health-probe-interval')));
  });

  it('drains for less time than the sidecar stays, and both for less than Kubernetes waits', () => {
    const blockMs = parseDuration(annotation('block-shutdown-duration'));
    const unhealthyMs =
      1_000 * Number(annotation('app-health-probe-interval')) * Number(annotation('app-health-threshold'));
    expect(optionMs('drain')).toBeLessThan(Math.min(blockMs, unhealthyMs));
    expect(blockMs).toBeLessThan(1_000 * template.spec.terminationGracePeriodSeconds);
  });

  it('compares `appid` with the id that the sidecar has', () => {
    expect(options).toContain(`appId: '${annotation('app-id')}'`);
  });

  it.each([true, false])('probes a path that goes by readiness, which is %s', async (ready) => {
    const { ask } = await serve({
      providers: [
        checkClass({ kinds: ['readiness'] }, () => ready, 'Ready'),
        checkClass({ kinds: ['liveness'] }, () => true, 'Live'),
      ],
    });
    const { status } = await ask(annotation('app-health-check-path'));
    expect(status).toBe(ready ? 200 : 500);
    const [{ startupProbe, livenessProbe, readinessProbe }] = template.spec.containers;
    const codes = [startupProbe, livenessProbe, readinessProbe].map(
      async ({ httpGet }) => (await ask(httpGet!.path)).status,
    );
    expect(await Promise.all(codes)).toEqual([200, 200, ready ? 200 : 503]);
  });

  it('names paths of the app that there are', async () => {
    @HealthComponent({ name: 'store', type: 'state.redis' })
    class Store {
      @Readiness({ name: 'store', groups: ['dapr'] })
      ping(): void {}
    }
    const { ask } = await serve({ providers: [Store] });
    const paths = [...PAGE.matchAll(/`(\/(?:health|readyz|v1\.0)[^`\s]*)`/g)].map(
      ([, path]) => path as string,
    );
    expect(new Set(paths).size).toBeGreaterThan(7);
    for (const path of new Set(paths)) expect([path, (await ask(path)).status < 300]).toEqual([path, true]);
  });

  it('keeps the query: a check that is excluded does not count', async () => {
    const providers = [checkClass({ name: 'newsletter', kinds: ['readiness'] }, () => false)];
    const { ask } = await serve({ providers });
    const [, path = ''] = /`(\/readyz\?exclude=\w+)`/.exec(PAGE) ?? [];
    expect([(await ask('/readyz')).status, (await ask(path)).status]).toEqual([500, 200]);
  });

  it('is right that a drain is unhealthy, but not for a group', async () => {
    const clock = new ManualClock();
    const { app, ask } = await serve({
      providers: [checkClass({ kinds: ['readiness'], groups: ['dapr'] }, () => true)],
      health: { drain: '10s' },
      clock,
    });
    const codes = () =>
      Promise.all(
        ['/readyz', '/healthz', '/health/group/dapr'].map(async (path) => (await ask(path)).status),
      );
    expect(await codes()).toEqual([200, 204, 200]);
    const closed = app.close();
    await clock.settle();
    expect(await codes()).toEqual([500, 500, 200]);
    await clock.advance(10_000);
    await closed;
  });

  it('is right that healthz runs no check, and that components without a ping are 405', async () => {
    let runs = 0;
    @HealthComponent({ name: 'queue', type: 'pubsub.kafka' })
    class Pingless {}
    const { ask } = await serve({
      providers: [Pingless, checkClass({ kinds: ['readiness'] }, () => ++runs < 0, 'Failing')],
      health: { appId: 'orders' },
    });
    expect((await ask('/healthz')).status).toBe(204);
    expect((await ask('/v1.0/healthz?components=true')).status).toBe(405);
    expect(runs).toBe(0);
    expect((await ask('/healthz?appid=orders&appid=other')).status).toBe(204);
    expect((await ask('/healthz?appid=other&appid=orders')).json).toMatchObject({
      errorCode: 'ERR_HEALTH_APPID_NOT_MATCH',
    });
  });

  it('shows a microservice that a sidecar finds healthy over gRPC', async () => {
    const [, program = ''] = /^```ts\n(import { NestFactory[^]*?)^```/m.exec(PAGE) ?? [];
    const folder = join('test', '.examples', 'dapr');
    const port = await freePort();
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'orders.proto'),
      'syntax = "proto3"; package orders; message Order {} service Orders { rpc Place(Order) returns (Order); }',
    );
    writeFileSync(
      join(folder, 'app.module.ts'),
      `import { Module } from '@nestjs/common';
       import { HealthModule } from '@vitals/health';
       import { GrpcHealthModule } from '@vitals/health/grpc';
       @Module({ imports: [HealthModule, GrpcHealthModule] })
       export class AppModule {}`,
    );
    writeFileSync(
      join(folder, 'main.ts'),
      `${program.replace('50051', String(port)).replace('orders.proto', join(folder, 'orders.proto'))}
       export { app };`,
    );
    try {
      const { app } = (await import(join(process.cwd(), folder, 'main.ts'))) as { app: INestMicroservice };
      closeAfterTest(() => app.close());
      expect(await daprSidecar(port).probe()).toBe('OK');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** A port on 127.0.0.1 that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
