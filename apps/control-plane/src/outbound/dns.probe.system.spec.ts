import type { DnsTarget } from '@vitals/core/check';
import { RunningClock, SystemClock } from '@vitals/core/time';
import { dnsServer, RECORD } from '../../../../libs/health/test/dns-server.js';
import { outbound } from '../../test/outbound/outbound-fixture.js';
import { DnsProbe, ProbeRun } from '@vitals/probes';

const ZONE = { 'shop.example': { [RECORD.A]: [Buffer.from([192, 0, 2, 1])] } };

describe('The DNS servers of the system', () => {
  const ofSystem: DnsTarget = { kind: 'dns', name: 'shop.example', record: 'A' };

  function looked(server: string, more: Partial<DnsTarget> = {}, assertDescriptor?: () => void) {
    const { connector, targets } = outbound({ allowCidrs: [] });
    const clock = new SystemClock();
    const run = new ProbeRun(clock, new RunningClock(clock), 10_000);
    expect(targets.refusalOf(ofSystem)).toBeUndefined();
    const probe = new DnsProbe(connector, [server], assertDescriptor);
    return probe.look({ ...ofSystem, ...more }, run).finally(() => run.end());
  }

  it('are asked where no server is named, whatever the policy says of their addresses', async () => {
    const { server, questions } = await dnsServer(ZONE);
    expect(await looked(server)).toMatchObject({ outcome: 'success' });
    expect(questions).toEqual(['shop.example']);
  });

  it('say nothing of the name if they refuse a connection', async () => {
    expect(await looked('127.0.0.1:1')).toEqual({
      outcome: 'unjudged',
      message: 'no DNS server of this machine can be reached: the connection was refused',
    });
  });

  it('say nothing of the name if they refuse to answer', async () => {
    const { server } = await dnsServer(ZONE, { code: 5 });
    expect(await looked(server)).toEqual({
      outcome: 'unjudged',
      message: 'the DNS server of this machine refuses the query (REFUSED)',
    });
  });

  it('are not blamed where this process has no descriptor to ask with, which c-ares tells as refused', async () => {
    const fault = Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
    const looking = looked('127.0.0.1:1', {}, () => {
      throw fault;
    });
    await expect(looking).rejects.toBe(fault);
  });

  it('say that a name does not exist', async () => {
    const { server } = await dnsServer(ZONE);
    expect(await looked(server, { name: 'gone.example' })).toEqual({
      outcome: 'failure',
      message: 'the name does not exist (NXDOMAIN)',
    });
  });
});
