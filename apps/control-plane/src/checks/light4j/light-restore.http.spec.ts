import { ADMIN, SecuredControlPlane } from '../../../../../test/support/secured.js';
import { SteppedClock, until } from '../../../../../test/support/control-plane.js';
import { WatchingClient } from '../../../test/watching-client.js';

const NODE = { serviceId: 'orders', tag: 'dev', name: 'shop', protocol: 'http', address: '[::1]', port: 80 };
const CHECK = { interval: 1_000, deregisterCriticalServiceAfter: 1 };
const ID = 'orders|dev:http:::1:80';
const LOOKUP = '/services/lookup?serviceId=orders&tag=dev';

let clock: SteppedClock;
let secured: SecuredControlPlane;
let gateway: string;

beforeAll(async () => {
  clock = new SteppedClock();
  secured = await SecuredControlPlane.start({}, clock);
  gateway = (await secured.give({ kind: 'gateway', names: ['orders'] })).token;
});
afterAll(() => secured.stop());

const ask = (method: string, path: string, body?: unknown, token = gateway) =>
  secured.ask(token, method, path, body);
const tell = async (id: string, pass: boolean, token = gateway): Promise<unknown> =>
  (await ask('PUT', '/services/check', { id, pass }, token)).status;

async function silent(): Promise<void> {
  await until(
    60_000,
    async () => {
      await clock.advance(200);
      return (await ask('GET', `/services/check/${encodeURIComponent(ID)}`)).status;
    },
    (status) => status === 404,
  );
}

describe('A stock service that was silent for too long', () => {
  it('is restored by its next heartbeat, without its protocol and in brackets, and by nobody else’s', async () => {
    expect((await ask('POST', '/services', { ...NODE, check: CHECK })).status).toBe(200);
    const subscriber = await WatchingClient.connect(secured.plane.url, gateway);
    subscriber.subscribe('orders|dev');
    await subscriber.next();
    await silent();
    expect((await ask('GET', LOOKUP)).status).toBe(404);
    const { token: other } = await secured.give({ kind: 'gateway', names: ['another'] });
    const { token: reader } = await secured.give({ kind: 'read-only' });
    expect([await tell(ID, true, other), await tell(ID, true, reader)]).toEqual([403, 403]);
    expect([await tell(ID, false), await tell('orders:http:::1:80', true)]).toEqual([404, 404]);
    expect(await tell('orders|dev:[::1]:80', true)).toBe(200);
    const node = { protocol: 'http', address: '[::1]', port: 80 };
    expect((await ask('GET', LOOKUP)).body).toEqual([node]);
    await subscriber.until((message) => JSON.stringify(message) === JSON.stringify({ 'orders|dev': [node] }));
    const { body } = await ask('GET', '/transitions?limit=1000', undefined, ADMIN);
    const all = body['transitions'] as readonly Record<string, string>[];
    expect(all.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'Pending Critical',
      'Critical Removed',
      'Removed Passing',
    ]);
    expect((await ask('GET', `/services/check/${encodeURIComponent(ID)}`)).body).toMatchObject({
      status: 'Passing',
      interval: 1_000,
      message: 'reported as passing',
    });
    await subscriber.close();
  });

  it('stays away once it was deregistered, in whatever spelling', async () => {
    await silent();
    const query = 'serviceId=orders&protocol=HTTP&address=0:0::1&port=80&tag=dev';
    expect((await ask('DELETE', `/services?${query}`)).status).toBe(200);
    expect(await tell(ID, true)).toBe(404);
  });
});
