import { SystemClock } from '@vitals/core/time';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dnsNumbers, dnsServer, RECORD } from '../../../../libs/health/test/dns-server.js';
import { SystemNameResolver } from './system.name-resolver.js';

const folder = mkdtempSync(join(tmpdir(), 'names-'));
const hostsPath = join(folder, 'hosts');
const resolvConfPath = join(folder, 'resolv.conf');
writeFileSync(hostsPath, '10.0.0.5 db\n10.0.0.6 listed.example\nfd00::6 listed.example\n');
writeFileSync(resolvConfPath, 'search prod.local local\noptions ndots:2\n');
afterAll(() => rmSync(folder, { recursive: true }));

const ipv4 = (...octets: number[]): Buffer => Buffer.from(octets);
const ipv6 = (...groups: number[]): Buffer => dnsNumbers(...groups);

const ZONE = {
  'both.example.org': {
    [RECORD.A]: [ipv4(192, 0, 2, 1), ipv4(192, 0, 2, 2)],
    [RECORD.AAAA]: [ipv6(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)],
  },
  'only.v4.example': { [RECORD.A]: [ipv4(192, 0, 2, 4)] },
  'only.v6.example': { [RECORD.AAAA]: [ipv6(0x2001, 0xdb8, 0, 0, 0, 0, 0, 6)] },
  'orders.local': { [RECORD.A]: [ipv4(192, 0, 2, 7)] },
  'empty.v4.example': {},
};

async function resolver(
  fallback: (name: string) => Promise<readonly string[]> = () => Promise.reject(absent()),
) {
  const { server, questions } = await dnsServer(ZONE);
  const names = new SystemNameResolver(new SystemClock(), {
    hostsPath,
    resolvConfPath,
    servers: [server],
    fallback,
  });
  return { names, questions };
}

/** Flags of an answer whose server fails: RFC 1035 section 4.1.1. */
const SERVER_FAILURE = 0x8182;

const absent = (): Error => Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });

describe('SystemNameResolver', () => {
  it.each([
    ['localhost without asking', 'localhost', ['127.0.0.1', '::1']],
    ['names below localhost', 'a.localhost.', ['127.0.0.1', '::1']],
    ['what the hosts file lists', 'db', ['10.0.0.5']],
    ['both families of the hosts file', 'listed.example', ['10.0.0.6', 'fd00::6']],
    ['both families of DNS, IPv4 first', 'both.example.org', ['192.0.2.1', '192.0.2.2', '2001:db8::1']],
    ['a name with IPv4 only', 'only.v4.example', ['192.0.2.4']],
    ['a name with IPv6 only', 'only.v6.example', ['2001:db8::6']],
    ['a full name with its dot', 'only.v4.example.', ['192.0.2.4']],
    ['a short name by the search list', 'orders', ['192.0.2.7']],
  ])('resolves %s', async (_what, name, addresses) => {
    const { names } = await resolver();
    expect((await names.resolve(name)).addresses).toEqual(addresses);
  });

  it('tells for how long an answer of DNS may be kept', async () => {
    const { names } = await resolver();
    expect((await names.resolve('both.example.org')).ttlMs).toBe(60_000);
  });

  it('asks in the order of the search list, and as it is last', async () => {
    const { names, questions } = await resolver();
    await expect(names.resolve('gone')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    expect([...new Set(questions)]).toEqual(['gone.prod.local', 'gone.local', 'gone']);
  });

  it.each(['gone.example.org', 'empty.v4.example'])(
    'leaves %s, which DNS does not have, to the system',
    async (name) => {
      const { names } = await resolver((asked) => Promise.resolve(asked === name ? ['192.0.2.99'] : []));
      expect((await names.resolve(name)).addresses).toEqual(['192.0.2.99']);
    },
  );

  it('never lets the system ask for a name whose DNS server fails', async () => {
    const failing = createSocket('udp4');
    failing.on('message', (query, { port, address }) => {
      query.writeUInt16BE(SERVER_FAILURE, 2);
      failing.send(query, port, address);
    });
    failing.bind(0, '127.0.0.1');
    await once(failing, 'listening');
    const asked: string[] = [];
    const fallback = (name: string) => (asked.push(name), Promise.resolve(['192.0.2.99']));
    const servers = [`127.0.0.1:${failing.address().port}`];
    const names = new SystemNameResolver(new SystemClock(), { hostsPath, resolvConfPath, servers, fallback });
    await expect(names.resolve('orders')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    expect(asked).toEqual([]);
    failing.close();
  });

  it('lets the system ask where there is no DNS, and tells so if that does not help', async () => {
    const servers = ['127.0.0.1:1'];
    const system = { hostsPath, resolvConfPath, servers };
    const known = new SystemNameResolver(new SystemClock(), {
      ...system,
      fallback: () => Promise.resolve(['192.0.2.9']),
    });
    expect((await known.resolve('a.test.')).addresses).toEqual(['192.0.2.9']);
    const unknown = new SystemNameResolver(new SystemClock(), {
      ...system,
      fallback: () => Promise.reject(absent()),
    });
    await expect(unknown.resolve('a.test.')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('lets two names at a time hang in the system, and others only wait for those', async () => {
    const open: ((addresses: string[]) => void)[] = [];
    const asked: string[] = [];
    const { names } = await resolver(
      (name) => (asked.push(name), new Promise((resolve) => open.push((addresses) => resolve(addresses)))),
    );
    const three = ['a.gone.', 'b.gone.', 'c.gone.'].map((name) => names.resolve(name));
    expect((await names.resolve('only.v4.example.')).addresses).toEqual(['192.0.2.4']);
    while (open.length < 2) await new Promise((resume) => setImmediate(resume));
    expect(asked).toHaveLength(2);
    open[0]?.(['192.0.2.8']);
    while (open.length < 3) await new Promise((resume) => setImmediate(resume));
    for (const answer of open) answer(['192.0.2.9']);
    expect((await Promise.all(three)).map(({ addresses }) => addresses[0]).sort()).toEqual([
      '192.0.2.8',
      '192.0.2.9',
      '192.0.2.9',
    ]);
  });
});
