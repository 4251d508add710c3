import { TestControlPlane } from '../../../../test/support/control-plane.js';
import { WatchingClient } from '../../test/watching-client.js';
import { ServiceDirectory } from './service.directory.js';

const NODE = {
  serviceId: 'com.networknt.petstore-1.0.0',
  protocol: 'https',
  address: '127.0.0.1',
  port: 8_443,
};
const OK = {
  statusCode: 200,
  code: 'SUC10200',
  message: 'OK',
  description: 'The request is handled successfully',
  severity: 'NA',
};

let plane: TestControlPlane;

beforeAll(async () => (plane = await TestControlPlane.start()));
afterAll(() => plane.stop());

const bodyOf = async (method: string, path: string, body?: unknown): Promise<unknown> =>
  (await plane.send(method, path, body)).body;

/** As clients write it: nothing is encoded. */
function queryOf(node: object): string {
  return Object.entries(node)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

describe('The registry', () => {
  it('serves a stock client: it registers, is found, and deregisters, twice', async () => {
    const check = {
      id: `${NODE.serviceId}|dev:https:127.0.0.1:8443`,
      deregisterCriticalServiceAfter: 120_000,
      healthPath: '/health/',
      tlsSkipVerify: true,
      interval: 10_000,
    };
    const registration = { ...NODE, name: 'null', tag: 'dev', check };
    expect(await bodyOf('POST', '/services', registration)).toEqual(OK);
    expect(await bodyOf('POST', '/services', registration)).toEqual(OK);
    const { serviceId, ...where } = NODE;
    expect(await bodyOf('GET', `/services/lookup?passing&serviceId=${serviceId}&tag=dev`)).toEqual([where]);
    expect(await bodyOf('GET', '/services')).toEqual({ [`${serviceId}|dev`]: [where] });
    const gone = `/services?${queryOf({ ...NODE, tag: 'dev', checkInterval: 10_000 })}`;
    expect(await bodyOf('DELETE', gone)).toEqual(OK);
    expect(await bodyOf('DELETE', gone)).toEqual(OK);
    expect(await bodyOf('GET', '/services')).toEqual({});
  });

  it.each<[string, object, object | undefined]>([
    ['nothing', {}, undefined],
    ['null for everything that may be left out', { name: null, tag: null, check: null }, undefined],
    ['an empty tag', { tag: '' }, undefined],
    [
      'an empty check',
      { check: {} },
      { interval: 10_000, deregisterCriticalServiceAfter: 120_000, healthPath: '' },
    ],
    ['a check that says nothing', { check: { healthPath: null, interval: null } }, { interval: 10_000 }],
    [
      'members that nobody knows',
      { check: { ttl: '10s', notes: 'x', http2: true }, weight: 3 },
      { healthPath: '' },
    ],
    ['http for healthPath', { check: { http: '/health/' } }, { healthPath: '/health/' }],
    [
      'the whole URL of older clients',
      { check: { http: `https://127.0.0.1:8443/health/${NODE.serviceId}` } },
      { healthPath: '/health/' },
    ],
    ['an id without the protocol', { check: { id: `${NODE.serviceId}:127.0.0.1:8443` } }, { healthPath: '' }],
    [
      'never to be removed',
      { check: { deregisterCriticalServiceAfter: 0 } },
      { deregisterCriticalServiceAfter: 0 },
    ],
    [
      'the largest int of Java',
      { check: { deregisterCriticalServiceAfter: 2_147_483_647 } },
      { interval: 10_000 },
    ],
  ])('takes a body with %s', async (_what, more, check) => {
    expect(await bodyOf('POST', '/services', { ...NODE, ...more })).toEqual(OK);
    const { serviceId, ...where } = NODE;
    expect(await bodyOf('GET', `/services/lookup?serviceId=${serviceId}&tag=`)).toEqual([where]);
    const known = plane.app.get(ServiceDirectory).find(`${serviceId}:https:127.0.0.1:8443`);
    expect(known?.check).toEqual(check && expect.objectContaining(check));
    expect(await bodyOf('DELETE', `/services?${queryOf(NODE)}`)).toEqual(OK);
  });

  it('knows a node by whatever spelling of its address, and tells the one that a port can be put behind', async () => {
    const spellings = ['[2001:DB8:0::1]', '2001:db8::1', '2001:0db8:0:0:0:0:0:1'];
    for (const address of spellings) {
      expect(await bodyOf('POST', '/services', { ...NODE, protocol: 'HTTPS', address })).toEqual(OK);
    }
    const { serviceId, ...where } = { ...NODE, address: '[2001:db8::1]' };
    expect(await bodyOf('GET', `/services/lookup?serviceId=${serviceId}`)).toEqual([where]);
    expect(await bodyOf('GET', '/services')).toEqual({ [serviceId]: [where] });
    const subscriber = await WatchingClient.connect(plane.url);
    subscriber.subscribe(serviceId);
    expect(await subscriber.next()).toEqual({ [serviceId]: [where] });
    await subscriber.close();
    // as light-4j makes a URL of a node
    expect(new URL(`${where.protocol}://${where.address}:${where.port}`).hostname).toBe('[2001:db8::1]');
    expect(await bodyOf('DELETE', `/services?${queryOf({ ...NODE, address: '[2001:db8::1]' })}`)).toEqual(OK);
    expect((await plane.send('GET', `/services/lookup?serviceId=${serviceId}`)).status).toBe(404);
  });
});
