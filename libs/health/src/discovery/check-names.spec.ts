import { HealthStatus } from '@vitals/core/health';
import type { Type } from '@nestjs/common';
import { checkClass, serve } from '../../test/health-app.js';
import { AvailabilityState } from '../availability-state.js';
import { ServiceCatalog } from '../grpc/service-catalog.js';
import { DetailPolicy } from '../http/detail.policy.js';
import { HealthService } from '../health.service.js';
import { HealthRegistry } from './health.registry.js';

/** A check that reports a name of its own at first, and throws from then on. */
function failing(options = {}): Type {
  let runs = 0;
  const check = () => {
    if (runs++ > 0) throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED ::1:1') });
    return HealthStatus.named('reported').up();
  };
  return checkClass({ name: 'declared', kinds: ['liveness'], ...options }, check, 'Disk');
}

const namesOf = ({ json }: { json: { checks: readonly { name: string }[] } }) =>
  json.checks.map(({ name }) => name);

/** Every name of that check. */
const NAMES = ['reported', 'declared', 'Disk#check'];

describe('a check that reports a name of its own', () => {
  it('keeps it when it throws, with the reason and its deepest cause', async () => {
    const { ask } = await serve({ providers: [failing()] });
    expect(namesOf(await ask('/health'))).toEqual(['reported']);
    const { body, json } = await ask('/health');
    expect(namesOf({ json })).toEqual(['reported']);
    expect(body).toContain('fetch failed: connect ECONNREFUSED [::1]:1');
  });

  it.each(NAMES)('is found by %s at every path, excluded by it, and a service of gRPC', async (name) => {
    const other = checkClass({ name: 'other', kinds: ['liveness'] }, () => true, 'Other');
    const { app, ask } = await serve({ providers: [failing(), other] });
    const path = encodeURIComponent(name);
    const excluded = await ask(`/livez?verbose&exclude=${path}`);
    expect(excluded.body).toMatch(/^\[\+\](declared|reported) excluded: ok$/m);
    expect(excluded.body).toMatch(/^livez check passed$/m);
    expect(namesOf(await ask(`/health/check/${path}`))).toHaveLength(1);
    expect((await ask(`/livez/${path}`)).status).not.toBe(404);
    const catalog = new ServiceCatalog(
      app.get(HealthService),
      app.get(HealthRegistry),
      app.get(AvailabilityState),
      app.get(DetailPolicy),
    );
    expect((await catalog.report(name))?.checks).toMatchObject([{ id: 'Disk#check', name: 'reported' }]);
  });

  it.each(['session:redis', 'auth: login', 'redis://***@h'])(
    'is found by the name %j that it has',
    async (name) => {
      const report = () => HealthStatus.named(name.replace('***', 'u:p')).up();
      const { ask } = await serve({ providers: [checkClass({ kinds: ['liveness'] }, report)] });
      expect(namesOf(await ask('/health'))).toEqual([name]);
      expect(namesOf(await ask(`/health/check/${encodeURIComponent(name)}`))).toEqual([name]);
    },
  );

  it.each(['/health/check/reported', '/livez/reported'])(
    'is found by it before it ever ran, at %s',
    async (path) => {
      const { ask } = await serve({ providers: [failing({ cacheFor: '1m' })] });
      expect((await ask(path)).status).toBe(200);
    },
  );

  it('is not found at the path of another kind', async () => {
    const { ask } = await serve({ providers: [failing()] });
    expect((await ask('/readyz/reported')).status).toBe(404);
    expect((await ask('/health/check/unknown')).status).toBe(404);
  });
});

describe('a name that several checks have', () => {
  it('means all of them, whether it is an identity, declared or reported', async () => {
    const reports = checkClass({}, () => HealthStatus.named('disk').up(), 'A');
    const declared = checkClass({ name: 'disk' }, () => true, 'B');
    const identity = checkClass({ id: 'disk', name: 'c' }, () => true, 'C');
    const { ask } = await serve({ providers: [reports, declared, identity] });
    await ask('/health');
    expect(namesOf(await ask('/health/check/disk'))).toEqual(['c', 'disk', 'disk']);
  });
});

describe('the series of a check', () => {
  const seriesOf = (body: string, check: string): string[] =>
    body
      .split('\n')
      .filter((line) => line.startsWith('health_check_status{') && line.includes(`check="${check}"`))
      .map((line) => line.slice(0, line.lastIndexOf(' ')));

  it.each<[string, () => Type | undefined, string]>([
    ['another check of its name comes', () => checkClass({ name: 'disk' }, () => true, 'Other'), 'disk'],
    ['a class of its name comes', () => checkClass({ name: 'other' }, () => true, 'Disk'), 'disk'],
  ])('stays the same when %s', async (_what, other, check) => {
    const own = checkClass({ name: 'disk' }, () => true, 'Disk');
    const alone = seriesOf((await (await serve({ providers: [own] })).ask('/health/metrics')).body, check);
    expect(alone).toHaveLength(3);
    class OtherModule {}
    const imports = [{ module: OtherModule, providers: [other() as Type] }];
    const together = await (await serve({ providers: [own], imports })).ask('/health/metrics');
    expect(seriesOf(together.body, check)).toEqual(expect.arrayContaining(alone));
  });

  it('stays the same when another of its name is registered and removed at run time, without a name too', async () => {
    const own = checkClass({}, () => true, 'Disk');
    const { app, ask } = await serve({ providers: [own] });
    const scrape = async () => seriesOf((await ask('/health/metrics')).body, 'Disk#check');
    const alone = await scrape();
    expect(alone[0]).toContain('source="App:Disk#check"');
    const registry = app.get(HealthRegistry);
    registry.register('later', { name: 'Disk#check' }, () => true);
    expect(await scrape()).toEqual([...alone, ...alone.map((one) => one.replace('App:Disk#check', 'later'))]);
    registry.remove('later');
    expect(await scrape()).toEqual(alone);
  });

  it('stays the same when the first of a module that is imported twice is switched off or removed', async () => {
    const Pool = checkClass({}, () => true, 'Pool');
    class PoolModule {}
    const imports = ['one', 'two', 'three'].map((pool) => ({
      module: PoolModule,
      providers: [{ provide: 'pool', useValue: pool }, Pool],
    }));
    const sourcesIn = (body: string) => [
      ...new Set(seriesOf(body, 'Pool#check').map((series) => /source="([^"]*)"/.exec(series)?.[1])),
    ];
    const { app, ask } = await serve({ imports });
    const all = sourcesIn((await ask('/health/metrics')).body);
    expect(all).toEqual([1, 2, 3].map((at) => `PoolModule:Pool#check${at === 1 ? '' : ` #${at}`}`));
    const [first] = app.get(HealthRegistry).select();
    const checks = { [first?.id as string]: { enabled: false } };
    const without = await serve({ imports, health: { checks } });
    expect(sourcesIn((await without.ask('/health/metrics')).body)).toEqual(all.slice(1));
    app.get(HealthRegistry).remove(first?.id as string);
    expect(sourcesIn((await ask('/health/metrics')).body)).toEqual(all.slice(1));
  });

  it('is told apart from that of the same class in another module', async () => {
    class OtherModule {}
    const [one, two] = [checkClass({}, () => true, 'Disk'), checkClass({}, () => true, 'Disk')];
    const imports = [{ module: OtherModule, providers: [two] }];
    const { body } = await (await serve({ providers: [one], imports })).ask('/health/metrics');
    expect(seriesOf(body, 'Disk#check').map((series) => /source="([^"]*)"/.exec(series)?.[1])).toEqual(
      ['App:Disk#check', 'OtherModule:Disk#check'].flatMap((source) => [source, source, source]),
    );
  });

  it('stays the same when the same check of a module that is imported twice goes', async () => {
    class Twice {}
    const imports = () =>
      [1, 2].map(() => ({ module: Twice, providers: [checkClass({}, () => true, 'Disk')] }));
    const sources = async ({ ask }: Awaited<ReturnType<typeof serve>>) => {
      const series = seriesOf((await ask('/health/metrics')).body, 'Disk#check');
      return [...new Set(series.map((one) => /source="([^"]*)"/.exec(one)?.[1]))];
    };
    const both = await serve({ imports: imports() });
    const [first, second] = both.app.get(HealthRegistry).select();
    expect(await sources(both)).toEqual(['Twice:Disk#check', 'Twice:Disk#check #2']);
    const health = { checks: { [first?.id as string]: { enabled: false } } };
    expect(await sources(await serve({ imports: imports(), health }))).toEqual(['Twice:Disk#check #2']);
    both.app.get(HealthRegistry).remove(first?.id as string);
    expect(await sources(both)).toEqual(['Twice:Disk#check #2']);
    both.app.get(HealthRegistry).remove(second?.id as string);
    expect(await sources(both)).toEqual([]);
  });
});
