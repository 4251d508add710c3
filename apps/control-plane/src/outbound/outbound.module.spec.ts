import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { readSettings } from '../settings/read-settings.js';
import { SettingsModule } from '../settings/settings.module.js';
import { TargetPolicy } from './guard/target.policy.js';
import { ProbeLanes } from './probe.lanes.js';
import { OutboundModule } from './outbound.module.js';
import { Prober } from './prober.js';
import { httpTarget } from '../../test/outbound/outbound-fixture.js';
import { closeServers, saying } from '../../test/outbound/test-servers.js';

afterEach(closeServers);

async function started(environment: Record<string, string>) {
  @Module({ imports: [SettingsModule.forRoot(readSettings(environment)), OutboundModule] })
  class App {}
  const app = await Test.createTestingModule({ imports: [App] }).compile();
  return { app, prober: app.get(Prober), targets: app.get(TargetPolicy), lanes: app.get(ProbeLanes) };
}

describe('OutboundModule', () => {
  it('reaches loopback by name while authentication is off', async () => {
    const { app, prober, targets, lanes } = await started({});
    const { port } = await saying('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', () => undefined);
    const target = httpTarget(`http://localhost:${port}/`);
    expect(targets.refusalOf(target)).toBeUndefined();
    const result = await lanes.run({ host: 'localhost', failing: false }, () => prober.probe(target, 10_000));
    expect(result).toMatchObject({ outcome: 'success', waitedMs: expect.any(Number) as number });
    await app.close();
  });

  it('reaches nothing but what is public or listed while it is on', async () => {
    const { app, prober, targets } = await started({
      VITALS_ADMIN_TOKEN: 'secret-of-the-admin',
      VITALS_CHECK_ALLOW_CIDRS: '10.1.0.0/16',
    });
    expect(targets.refusalOf(httpTarget('http://10.1.2.3/'))).toBeUndefined();
    for (const url of ['http://localhost/', 'http://127.0.0.1/', 'http://10.2.0.1/']) {
      expect(targets.refusalOf(httpTarget(url))).toContain('VITALS_CHECK_ALLOW_CIDRS');
      expect(await prober.probe(httpTarget(url), 10_000)).toMatchObject({ outcome: 'denied' });
    }
    await app.close();
  });
});
