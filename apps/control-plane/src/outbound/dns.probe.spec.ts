import type { DnsRecordType, DnsTarget } from '@vitals/core/check';
import { ManualClock } from '@vitals/core/time';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import {
  dnsName,
  dnsNumbers,
  dnsServer,
  type DnsTrouble,
  RECORD,
  type Zone,
} from '../../../../libs/health/test/dns-server.js';
import { FakeNameResolver } from '../../test/outbound/fake.name-resolver.js';
import { outbound } from '../../test/outbound/outbound-fixture.js';
import { passTimeUntil } from '../../test/outbound/virtual-time.js';

const text = (...strings: string[]): Buffer =>
  Buffer.concat(strings.map((one) => Buffer.from([Buffer.byteLength(one), ...Buffer.from(one)])));
const ZONE: Zone = {
  'shop.example': {
    [RECORD.A]: [Buffer.from([192, 0, 2, 2]), Buffer.from([192, 0, 2, 1])],
    [RECORD.AAAA]: [Buffer.from('20010db8000000000000000000000001', 'hex')],
    [RECORD.CNAME]: [dnsName('Web.Example')],
    [RECORD.MX]: [Buffer.concat([dnsNumbers(10), dnsName('Mail.example')])],
    [RECORD.NS]: [dnsName('ns1.example'), dnsName('ns2.example')],
    [RECORD.PTR]: [dnsName('host.example')],
    [RECORD.SRV]: [Buffer.concat([dnsNumbers(0, 5, 5_060), dnsName('sip.example')])],
    [RECORD.TXT]: [text('v=spf1 ', '-all'), text('"quoted"')],
    [RECORD.CAA]: [Buffer.from('\0\x05issueca.example')],
    [RECORD.SOA]: [
      Buffer.concat([
        dnsName('ns1.example'),
        dnsName('admin.example'),
        dnsNumbers(0, 1, 0, 2, 0, 3, 0, 4, 0, 5),
      ]),
    ],
  },
  'many.example': { [RECORD.A]: Array.from({ length: 200 }, (_, at) => Buffer.from([192, 0, 2, at])) },
};

const target = (port: number, more: Partial<DnsTarget> = {}): DnsTarget => ({
  kind: 'dns',
  name: 'shop.example',
  record: 'A',
  server: { host: '127.0.0.1', port },
  ...more,
});

async function asked(more: Partial<DnsTarget>, trouble?: DnsTrouble) {
  const { port } = await dnsServer(ZONE, trouble);
  const { outcome, message } = await outbound().prober.probe(target(port, more), 10_000);
  return [outcome, message.replace(`127.0.0.1:${port}`, 'SERVER')];
}

describe('DnsProbe', () => {
  it.each<[DnsRecordType, readonly string[], string]>([
    ['A', ['192.0.2.1', '192.0.2.2'], 'A is 192.0.2.1, 192.0.2.2'],
    ['AAAA', ['2001:db8::1'], 'AAAA is 2001:db8::1'],
    ['CNAME', ['web.example'], 'CNAME is web.example'],
    ['MX', ['10 mail.example'], 'MX is 10 mail.example'],
    ['NS', ['ns1.example', 'ns2.example'], 'NS is ns1.example, ns2.example'],
    ['PTR', ['host.example'], 'PTR is host.example'],
    ['SRV', ['0 5 5060 sip.example'], 'SRV is 0 5 5060 sip.example'],
    ['TXT', ['v=spf1 -all', '"quoted"'], 'TXT is "quoted", v=spf1 -all'],
    ['CAA', ['0 issue "ca.example"'], 'CAA is 0 issue "ca.example"'],
    ['SOA', ['ns1.example admin.example 1 2 3 4 5'], 'SOA is ns1.example admin.example 1 2 3 4 5'],
  ])('passes for the %s records that are expected, in any order', async (record, expected, message) => {
    expect(await asked({ record })).toEqual(['success', message]);
    expect(await asked({ record, expected })).toEqual(['success', message]);
    expect(await asked({ record, contains: expected.slice(0, 1) })).toEqual(['success', message]);
  });

  it.each<[string, Partial<DnsTarget>, string]>([
    ['lacks one', { contains: ['192.0.2.9'] }, 'A lacks 192.0.2.9; it is 192.0.2.1, 192.0.2.2'],
    [
      'has one more',
      { expected: ['192.0.2.1'] },
      'A has 192.0.2.2, which is not expected; it is 192.0.2.1, 192.0.2.2',
    ],
    ['does not exist', { name: 'gone.example' }, 'the name does not exist (NXDOMAIN) (SERVER)'],
    [
      'has no such record',
      { name: 'many.example', record: 'MX' },
      'the name exists, and has no MX record (NODATA)',
    ],
    ['cannot be a name', { name: 'a..example' }, 'that is not a name that DNS can have (SERVER)'],
  ])('fails for a name that %s', async (_what, more, message) => {
    expect(await asked(more)).toEqual(['failure', message]);
  });

  it.each([
    [2, 'the DNS server fails for the name (SERVFAIL) (SERVER)'],
    [1, 'the DNS server does not understand the question (FORMERR) (SERVER)'],
    [4, 'the DNS server does not know such questions (NOTIMP) (SERVER)'],
    [5, 'the DNS server refuses to answer (REFUSED) (SERVER)'],
  ])('fails for a server that answers with code %d', async (code, message) => {
    expect(await asked({}, { code })).toEqual(['failure', message]);
  });

  it('asks over TCP for what does not fit into an answer over UDP', async () => {
    const [outcome] = await asked({ name: 'many.example', contains: ['192.0.2.199'] }, { truncated: 'tcp' });
    expect(outcome).toBe('success');
  });

  it('fails where a truncated answer cannot be asked for over TCP, and where nobody answers at all', async () => {
    const message = 'nobody answers there, over UDP or, where the answer is long, over TCP (SERVER)';
    expect(await asked({}, { truncated: 'no tcp' })).toEqual(['failure', message]);
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    socket.close();
    const result = await outbound().prober.probe(target(port), 10_000);
    expect(result).toMatchObject({
      outcome: 'failure',
      message: message.replace('SERVER', `127.0.0.1:${port}`),
    });
  });

  it('fails for a server that says no word, when the time is up', async () => {
    const { port, firstQuestion } = await dnsServer();
    const clock = new ManualClock();
    const looking = outbound({ clock }).prober.probe(target(port), 10_000);
    await firstQuestion;
    expect(await passTimeUntil(clock, looking)).toMatchObject({
      outcome: 'failure',
      message: 'no answer within 10 s, while waiting for the answer',
    });
  });

  it('asks anew each time', async () => {
    const { port, questions } = await dnsServer(ZONE);
    const { prober } = outbound();
    for (let looks = 0; looks < 2; looks++) await prober.probe(target(port), 10_000);
    expect(questions).toEqual(['shop.example', 'shop.example']);
  });
});

describe('The server that a DNS check names', () => {
  it('may be a name, and is asked at its address', async () => {
    const { port, questions } = await dnsServer(ZONE);
    const result = await outbound().prober.probe(
      target(port, { server: { host: 'target.test', port } }),
      10_000,
    );
    expect(result).toMatchObject({ outcome: 'success' });
    expect(questions).toHaveLength(1);
  });

  it('is denied as every other target is, and hears nothing', async () => {
    const { port, questions } = await dnsServer(ZONE);
    const names = new FakeNameResolver({ 'rebound.test': ['192.0.2.1', '127.0.0.1'] });
    const { prober, targets } = outbound({ allowCidrs: [], names });
    expect(targets.refusalOf(target(port))).toContain('127.0.0.1 is a loopback address');
    for (const host of ['127.0.0.1', 'rebound.test'])
      expect(await prober.probe(target(port, { server: { host, port } }), 10_000)).toMatchObject({
        outcome: 'denied',
      });
    expect(questions).toEqual([]);
  });

  it('is not judged by a name that cannot be resolved in time', async () => {
    const clock = new ManualClock();
    const server = { host: 'hangs.test', port: 53 };
    const looking = outbound({ clock }).prober.probe(target(53, { server }), 10_000);
    expect(await passTimeUntil(clock, looking)).toMatchObject({
      message: 'no answer within 10 s, while resolving the name',
    });
  });
});
