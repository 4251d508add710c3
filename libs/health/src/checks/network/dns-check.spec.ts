import { dnsName, dnsNumbers, dnsServer, RECORD, type Zone } from '../../../test/dns-server.js';
import { make } from '../../../test/ready-made-check.js';
import { dnsCheck, type DnsRecordType } from './dns-check.js';

const ZONE: Zone = {
  'app.example': {
    [RECORD.A]: [Buffer.from([10, 0, 0, 2]), Buffer.from([10, 0, 0, 1])],
    [RECORD.AAAA]: [Buffer.from('fd000000000000000000000000000001', 'hex')],
    [RECORD.CNAME]: [dnsName('web.example')],
    [RECORD.MX]: [Buffer.concat([dnsNumbers(10), dnsName('mail.example')])],
    [RECORD.NS]: [dnsName('ns.example')],
    [RECORD.SRV]: [Buffer.concat([dnsNumbers(1, 2, 5_672), dnsName('mq.example')])],
    [RECORD.TXT]: [Buffer.from('\x02v=\x011')],
    [RECORD.PTR]: [dnsName('Host.example')],
    [RECORD.CAA]: [Buffer.from('\0\x05issueca.example')],
  },
};

describe('dnsCheck', () => {
  it.each<[DnsRecordType, number, string]>([
    ['A', 2, '10.0.0.1, 10.0.0.2'],
    ['AAAA', 1, 'fd00::1'],
    ['CNAME', 1, 'web.example'],
    ['MX', 1, '10 mail.example'],
    ['NS', 1, 'ns.example'],
    ['SRV', 1, 'mq.example:5672'],
    ['TXT', 1, 'v=1'],
    ['PTR', 1, 'host.example'],
    ['CAA', 1, '0 issue "ca.example"'],
  ])('is UP when a name resolves to %s records, and tells them in order', async (type, answers, records) => {
    const { server } = await dnsServer(ZONE);
    const check = make(dnsCheck({ hostname: 'app.example', type, servers: [server] }));
    expect(await check.run()).toMatchObject({
      state: 'UP',
      attributes: { hostname: 'app.example', answers, records },
    });
  });

  it.each<[DnsRecordType, string]>([
    ['AAAA', 'FD00:0::0001'],
    ['CNAME', 'WEB.example.'],
    ['MX', '10  Mail.Example.'],
    ['SRV', 'MQ.example.:5672'],
    ['SRV', '1 2 5672 mq.example'],
    ['TXT', '"v=" "1"'],
    ['CAA', '0 issue ca.example'],
  ])('is UP when a %s record is expected in another spelling: %s', async (type, expected) => {
    const { server } = await dnsServer(ZONE);
    const check = make(dnsCheck({ hostname: 'app.example', type, expect: [expected], servers: [server] }));
    expect(await check.run()).toMatchObject({ state: 'UP' });
  });

  it('asks for A records, and anew each time', async () => {
    const { server, questions } = await dnsServer(ZONE);
    const check = make(dnsCheck({ hostname: 'app.example', servers: [server] }));
    await check.run();
    await check.run();
    expect(questions).toEqual(['app.example', 'app.example']);
  });

  it.each([
    ['the name is unknown', { hostname: 'gone.example' }, 'queryA ENOTFOUND gone.example'],
    ['there are fewer than wanted', { hostname: 'app.example', minAnswers: 3 }, '2 answers are fewer than 3'],
    [
      'one that is expected is missing',
      { hostname: 'app.example', expect: ['10.0.0.2', '10.0.0.3'] },
      'the answer lacks 10.0.0.3',
    ],
  ])('is DOWN when %s', async (_what, settings, reason) => {
    const { server } = await dnsServer(ZONE);
    expect(await make(dnsCheck({ ...settings, servers: [server] })).run()).toMatchObject({
      state: 'DOWN',
      reason,
    });
  });

  it('gives a question up when the signal fires before an answer', async () => {
    const { server, firstQuestion } = await dnsServer();
    const abort = new AbortController();
    const running = make(dnsCheck({ hostname: 'app.example', servers: [server] })).run(abort.signal);
    await firstQuestion;
    abort.abort();
    expect(await running).toMatchObject({ state: 'DOWN', reason: 'queryA ECANCELLED app.example' });
  });

  it('asks nothing when the signal has fired already', async () => {
    const { server, questions } = await dnsServer(ZONE);
    const check = make(dnsCheck({ hostname: 'app.example', servers: [server] }));
    expect(await check.run(AbortSignal.abort(new Error('late')))).toMatchObject({ reason: 'late' });
    expect(questions).toEqual([]);
  });
});

describe('settings of dnsCheck', () => {
  it.each([
    ['a missing name', {}, 'dnsCheck: hostname is missing; give a host name'],
    ['a URL', { hostname: 'http://a' }, 'hostname is "http://a"; give a host name'],
    ['an unknown type', { hostname: 'a', type: 'ANY' }, 'type is "ANY"; give one of A, AAAA'],
    [
      'a server by name',
      { hostname: 'a', servers: ['dns.example'] },
      'servers is ["dns.example"]; give addresses',
    ],
    ['no servers', { hostname: 'a', servers: [] }, 'servers is [];'],
    [
      'a record of another type',
      { hostname: 'a', expect: ['fd00::1'] },
      'expect is "fd00::1"; give records of the type A, such as 192.0.2.1',
    ],
    ['no answers', { hostname: 'a', minAnswers: 0 }, 'minAnswers is 0; give a whole number of at least 1'],
    [
      'an expectation that is no list',
      { hostname: 'a', expect: '10.0.0.1' },
      'expect is "10.0.0.1"; give a list',
    ],
  ])('refuse %s by name', (_what, settings, message) => {
    expect(() => dnsCheck(settings as never)).toThrow(
      expect.objectContaining({
        code: 'declaration-invalid',
        message: expect.stringContaining(message) as string,
      }),
    );
  });
});
