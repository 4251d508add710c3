import { above, Database } from '../../apps/control-plane/src/database/database.js';
import { CHANGE_LOG } from '../../apps/control-plane/src/database/change.log.js';
import { CheckDirectory } from '../../apps/control-plane/src/checks/check.directory.js';
import { WatchingClient } from '../../apps/control-plane/test/watching-client.js';
import { registration, TestControlPlane } from '../support/control-plane.js';

const TTL = { interval: 3_600_000, deregisterCriticalServiceAfter: 120_000 };
const NODE = { serviceId: 'orders', protocol: 'http', address: '10.0.0.7', port: 80, check: TTL };
const PASS = { id: 'orders:10.0.0.7:80', pass: true };
const CHECK = { type: 'ttl', interval: '1h', labels: { team: 'a', tier: '1' } };

let plane: TestControlPlane;
let reservation: string;

beforeAll(async () => {
  plane = await TestControlPlane.start();
  await plane.register('p1', { metadata: { resources: { total_cpu: 64 } } });
  await plane.beat('p1');
  await plane.register('p2');
  await plane.send('PUT', '/checks/db', CHECK);
  await plane.send('PUT', '/checks/db/status', { status: 'pass' });
  await plane.send('POST', '/services', NODE);
  await plane.send('PUT', '/services/check', PASS);
  const held = { requirement: { cpu: 1 }, ttl_seconds: 60 };
  reservation = String((await plane.send('POST', '/placement/reservations', held)).body['id']);
});
afterAll(() => plane.stop());

/** The kinds of the changes since one of the change log, and the number of the last. */
async function changesSince(number: number): Promise<{ readonly kinds: string[]; readonly last: number }> {
  const where = { number: above(number) };
  const changes = await plane.app.get(Database).select(CHANGE_LOG, { where, orderBy: ['number'] });
  return { kinds: changes.map(({ kind }) => kind), last: changes.at(-1)?.number ?? number };
}

async function transitions(): Promise<unknown[]> {
  return (await plane.send('GET', '/transitions?limit=1000')).body['transitions'] as unknown[];
}

/** The verdicts of everything. */
async function verdicts(): Promise<unknown> {
  const { providers } = (await plane.send('GET', '/provider-status')).body as {
    providers: readonly { name: string; availability: string; phase: string }[];
  };
  return {
    providers: providers.map(({ name, availability, phase }) => [name, availability, phase]),
    checks: [...plane.app.get(CheckDirectory).all()].map(({ id, status }) => [id, status]),
    services: (await plane.send('GET', '/services/lookup?serviceId=orders')).body,
  };
}

describe('A call that is repeated', () => {
  it.each<[string, string, () => string, unknown, readonly string[]]>([
    ['registers a service', 'POST', () => '/services', NODE, []],
    ['passes', 'PUT', () => '/services/check', PASS, []],
    [
      'removes a service that is gone',
      'DELETE',
      () => '/services?serviceId=a&protocol=http&address=b&port=1',
      undefined,
      [],
    ],
    ['defines a check', 'PUT', () => '/checks/db', CHECK, []],
    [
      'defines it with its members in another order',
      'PUT',
      () => '/checks/db',
      { ...CHECK, labels: { tier: '1', team: 'a' } },
      [],
    ],
    ['creates a check that is there', 'POST', () => '/checks', { id: 'db', ...CHECK }, []],
    ['reports a pass', 'PUT', () => '/checks/db/status', { status: 'pass' }, []],
    ['removes a check that is gone', 'DELETE', () => '/checks/gone', undefined, []],
    ['goes on with a check that is not paused', 'DELETE', () => '/checks/db/pause', undefined, []],
    ['pauses a check', 'PUT', () => '/checks/db/pause', undefined, []],
    ['cordons a provider', 'PUT', () => '/providers/p2/cordon', undefined, []],
    ['drains a provider', 'POST', () => '/providers/p2/drain', undefined, []],
    ['puts a provider back', 'DELETE', () => '/providers/p2/cordon', undefined, []],
    ['removes a provider that is gone', 'DELETE', () => '/providers/gone', undefined, []],
    ['revokes a token that is gone', 'DELETE', () => '/tokens/gone', undefined, []],
    ['confirms a reservation', 'POST', () => `/placement/reservations/${reservation}/confirm`, undefined, []],
    ['releases a reservation that is gone', 'DELETE', () => '/placement/reservations/gone', undefined, []],
    // each registration is a generation of its own, and each amount was synchronised when it was sent
    ['registers a provider', 'POST', () => '/providers', registration('p1'), ['provider-registered']],
    ['applies a provider', 'PUT', () => '/providers/p1', registration('p1'), ['provider-registered']],
    [
      'tells the same resources',
      'PATCH',
      () => '/providers/p1/resources',
      { timestamp: new Date().toISOString(), capacity: { cpu: 64 } },
      ['provider-info-updated'],
    ],
  ])(
    'and %s changes no verdict, and writes nothing but what it has to',
    async (_what, method, path, body, writes) => {
      await plane.send(method, path(), body);
      const subscriber = await WatchingClient.connect(plane.url);
      subscriber.subscribe('orders');
      await subscriber.next();
      const before = [await transitions(), await verdicts()];
      const { last } = await changesSince(0);
      for (let times = 0; times < 2; times++) await plane.send(method, path(), body);
      expect([await transitions(), await verdicts()]).toEqual(before);
      expect((await changesSince(last)).kinds).toEqual([...writes, ...writes]);
      // whatever was pushed would come before the answer to this
      subscriber.subscribe('nobody');
      expect(await subscriber.next()).toEqual({ nobody: [] });
      await subscriber.close();
    },
  );
});
