import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable, type Type } from '@nestjs/common';
import { Health, HealthComponent } from '@vitals/health';
import parsePrometheusTextFormat from 'parse-prometheus-text-format';
import { serveGrpc } from '../../libs/health/test/grpc-app.js';
import { boot, checkClass, serve } from '../../libs/health/test/health-app.js';
import {
  MANIFEST_FILES,
  manifestsOf,
  manifestText,
  podOf,
  PROBE_KINDS as KINDS,
  probesOf,
} from '../support/kubernetes-manifests.js';

/** One check of each kind, of which that of `sick` fails. */
const checks = (sick?: string): Type[] =>
  KINDS.map((kind) => checkClass({ name: kind, kinds: [kind] }, () => kind !== sick, `${kind}Check`));

/** Runs a command as the kubelet would; its exit code. */
const run = ([file = '', ...args]: readonly string[]): Promise<unknown> =>
  new Promise((resolve) => execFile(file, args, (error) => resolve(error ? error.code : 0)));

/** What each probe ought to find in turn when nothing fails, and when one kind does. */
const FAILURES = [undefined, ...KINDS].map(
  (sick) => [sick ?? 'nothing', sick, KINDS.map((kind) => kind !== sick)] as const,
);

describe('The Kubernetes manifests', () => {
  it.each(MANIFEST_FILES)('are YAML of complete objects: %s', (file) => {
    expect(manifestsOf(file).length).toBeGreaterThan(0);
    for (const manifest of manifestsOf(file)) {
      expect(manifest).toMatchObject({
        apiVersion: expect.stringMatching(/^([a-z.]+\/)?v\d$/) as string,
        kind: expect.stringMatching(/^[A-Z]/) as string,
        metadata: expect.any(Object) as object,
        spec: expect.any(Object) as object,
      });
    }
  });

  it.each(['http-app.yaml', 'worker.yaml', 'grpc-service.yaml'])('leave time to drain: %s', (file) => {
    const [, drainSeconds] = /drain: '(\d+)s'/.exec(manifestText(file))!;
    expect(podOf(file).terminationGracePeriodSeconds).toBeGreaterThan(Number(drainSeconds));
  });
});

describe('HTTP probes', () => {
  it.each(FAILURES)('tell the kinds apart when %s fails', async (_what, sick, well) => {
    const { ask } = await serve({ providers: checks(sick) });
    const codes = probesOf('http-app.yaml').map(async ({ httpGet }) => (await ask(httpGet!.path)).status);
    expect(await Promise.all(codes)).toEqual(well.map((passes) => (passes ? 200 : 503)));
  });

  it('ask a port that the container names', () => {
    const names = podOf('http-app.yaml').containers[0].ports?.map(({ name }) => name);
    for (const { httpGet } of probesOf('http-app.yaml')) expect(names).toContain(httpGet?.port);
  });
});

describe('gRPC probes', () => {
  it.each(FAILURES)('tell the kinds apart when %s fails', async (_what, sick, well) => {
    const { check } = await serveGrpc({ providers: checks(sick) });
    const statuses = probesOf('grpc-service.yaml').map(({ grpc }) => check(grpc!.service));
    expect(await Promise.all(statuses)).toEqual(well.map((passes) => (passes ? 'SERVING' : 'NOT_SERVING')));
  });

  it('ask a port that the container opens', () => {
    const ports = podOf('grpc-service.yaml').containers[0].ports?.map(({ containerPort }) => containerPort);
    for (const { grpc } of probesOf('grpc-service.yaml')) expect(ports).toContain(grpc?.port);
  });
});

describe('Probes by files', () => {
  let folder: string;
  const nowSeconds = (): number => Math.floor(Date.now() / 1_000);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'probe-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  /** The command of each probe, looking into `folder`. */
  const commands = () =>
    probesOf('worker.yaml').map(({ exec }) =>
      exec!.command.map((word) => word.replaceAll('/tmp/', `${folder}/`)),
    );
  const pathOf = (command: readonly string[]) => /cat ([^)]+)/.exec(command.at(-1) as string)?.[1] as string;

  it.each([
    ['passes while it may be believed', () => `${nowSeconds() + 3_600}\n`, true],
    ['fails when it is no longer to be believed', () => `${nowSeconds() - 1}\n`, false],
    ['fails in the second in which belief ends', () => `${nowSeconds()}\n`, false],
    ['fails when the file is empty', () => '', false],
    ['fails when the file holds something else', () => 'ok\n', false],
    ['fails when there is no file', () => undefined, false],
  ])('each %s', async (_what, content, passes) => {
    for (const command of commands()) {
      const text = content();
      if (text !== undefined) await writeFile(pathOf(command), text);
      expect([command, (await run(command)) === 0]).toEqual([command, passes]);
    }
  });

  it.each(FAILURES)('read what the app writes when %s fails', async (_what, sick, well) => {
    const [startup, liveness, readiness] = commands().map(pathOf);
    await boot({ health: { files: { startup, liveness, readiness, every: '1h' } }, providers: checks(sick) });
    const written = async () => (await readdir(folder)).filter((name) => !name.endsWith('.next')).length;
    while ((await written()) < well.filter(Boolean).length) await nextTurn();
    const codes = await Promise.all(commands().map(run));
    expect(codes.map((code) => code === 0)).toEqual(well);
  });
});

describe('The gate of a deployment', () => {
  @HealthComponent({ name: 'store', type: 'state.redis' })
  class Answering {
    @Health()
    ping(): void {}
  }

  @HealthComponent({ name: 'queue', type: 'pubsub.kafka' })
  class Failing {
    @Health()
    ping(): boolean {
      return false;
    }
  }

  @HealthComponent({ name: 'mail', type: 'bindings.smtp' })
  @Injectable()
  class Pingless {}

  /** curl's exit code for an HTTP status from 400 on. */
  const REFUSED = 22;

  it.each<[string, number, Type[]]>([
    ['opens when every component answers', 0, [Answering]],
    ['opens when one has no ping beside one that answers', 0, [Answering, Pingless]],
    ['stays shut when none has a ping', REFUSED, [Pingless]],
    ['stays shut when a component fails', REFUSED, [Answering, Failing, Pingless]],
  ])('%s', async (_what, code, providers) => {
    const { app } = await serve({ providers });
    const origin = await app.getUrl();
    const { command } = podOf('deploy-gate.yaml').containers[0];
    expect(await run(command.map((word) => word.replace('http://orders-next', origin)))).toBe(code);
  });
});

describe('Scraping and alerts', () => {
  const [monitor, rules] = manifestsOf('prometheus.yaml');

  it('use a path, metrics and labels that an app serves', async () => {
    const { ask } = await serve({ providers: checks('readiness') });
    await ask('/health');
    const { status, body } = await ask(monitor!.spec.endpoints[0].path);
    expect(status).toBe(200);
    const served = new Map(parsePrometheusTextFormat(body).map(({ name, metrics }) => [name, metrics]));
    const used = rules!.spec.groups[0].rules.flatMap(({ expr }) => [
      ...expr.matchAll(/(health_\w+)(?:\{(\w+)="(\w+)"\})?/g),
    ]);
    expect(used.length).toBeGreaterThan(2);
    for (const [, name = '', label, value] of used) {
      const labels = (served.get(name) ?? []).map((series) => series.labels);
      expect([name, labels]).toEqual([
        name,
        expect.arrayContaining([expect.objectContaining({ check: 'readiness' })]),
      ]);
      if (label) expect(labels).toContainEqual(expect.objectContaining({ [label]: value }));
    }
  });
});
