import { TestControlPlane } from '../../../../../test/support/control-plane.js';

const OK = {
  statusCode: 200,
  code: 'SUC10200',
  message: 'OK',
  description: 'The request is handled successfully',
  severity: 'NA',
};
const TTL = { interval: 3_600_000, deregisterCriticalServiceAfter: 120_000 };

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await TestControlPlane.start();
  const register = (serviceId: string, address: string, more: object = {}) =>
    plane.send('POST', '/services', { serviceId, protocol: 'http', address, port: 8080, ...more });
  await register('com.shop-1.0.0', '10.0.0.7', { check: TTL });
  await register('com.shop-1.0.0', '2001:db8::1', { tag: 'blue', check: TTL });
  await register('com.web', '127.0.0.1', { check: { ...TTL, healthPath: '/health/' } });
  await register('com.unchecked', '10.0.0.8');
  await plane.send('PUT', '/checks/own', { type: 'ttl' });
});
afterAll(() => plane.stop());

const PLAIN = 'com.shop-1.0.0:http:10.0.0.7:8080';
const BLUE = 'com.shop-1.0.0|blue:http:2001:db8::1:8080';
const WEB = 'com.web:http:127.0.0.1:8080';
const tell = (id: unknown, more: object = { pass: true }) =>
  plane.send('PUT', '/services/check', { id, ...more });
const read = (id: string) => plane.send('GET', `/services/check/${encodeURIComponent(id)}`);

describe('A heartbeat', () => {
  it.each([
    ['with the protocol', PLAIN, PLAIN],
    ['without the protocol, as stock clients send it', 'com.shop-1.0.0:10.0.0.7:8080', PLAIN],
    ['with a tag and an IPv6 address', BLUE, BLUE],
    ['with both, without the protocol', 'com.shop-1.0.0|blue:2001:db8::1:8080', BLUE],
    ['with brackets', 'com.shop-1.0.0|blue:http:[2001:db8::1]:8080', BLUE],
  ])('is taken by an id %s', async (_what, sent, id) => {
    const failed = await tell(sent, { pass: false });
    expect([failed.status, failed.body]).toEqual([200, OK]);
    expect((await read(id)).body).toMatchObject({
      id,
      status: 'Critical',
      lastFailedTimestamp: expect.any(Number),
    });
    const passed = await tell(sent, { pass: true, checkInterval: 10_000 });
    expect([passed.status, passed.body]).toEqual([200, OK]);
    expect((await read(id)).body).toMatchObject({ id, status: 'Passing', lastFailedTimestamp: 0 });
  });

  it('says when its service failed first, until it passes', async () => {
    await tell(PLAIN, { pass: false });
    const { lastFailedTimestamp } = (await read(PLAIN)).body;
    await tell(PLAIN, { pass: false });
    expect((await read(PLAIN)).body).toMatchObject({ lastFailedTimestamp });
    await tell(PLAIN);
    expect((await read(PLAIN)).body).toMatchObject({ lastFailedTimestamp: 0 });
  });

  it('does not count where the control plane looks itself', async () => {
    const before = (await read(WEB)).body;
    const answer = await tell(WEB);
    expect([answer.status, answer.body]).toEqual([200, OK]);
    const { status, lastExecuteTimestamp } = (await read(WEB)).body;
    expect([status === 'Passing', lastExecuteTimestamp]).toEqual([false, before['lastExecuteTimestamp']]);
  });

  it.each<[string, unknown]>([
    ['nobody', 'com.nobody:10.0.0.7:8080'],
    ['another port', 'com.shop-1.0.0:10.0.0.7:8081'],
    ['another tag', 'com.shop-1.0.0|green:10.0.0.7:8080'],
    ['a service without a check', 'com.unchecked:10.0.0.8:8080'],
    ['a check of no service', 'own'],
    ['no id at all', '|::'],
  ])('for %s is answered 404, upon which clients register again', async (_whom, id) => {
    const { status, type, body } = await tell(id);
    expect([status, type]).toEqual([404, 'application/json; charset=utf-8']);
    expect(body).toEqual({
      statusCode: 404,
      code: 'ERR11637',
      message: 'OBJECT_NOT_FOUND',
      description: expect.stringContaining(String(id)),
      severity: 'ERROR',
    });
  });

  it.each<[string, object]>([
    ['without an id', { pass: true }],
    ['without a pass', { id: PLAIN }],
    ['with a pass in words', { id: PLAIN, pass: 'true' }],
    ['with an id of 4 kB', { id: 'a'.repeat(4_096), pass: true }],
    ['with an id that is a number', { id: 7, pass: true }],
  ])('%s is refused', async (_what, body) => {
    const answer = await plane.send('PUT', '/services/check', body);
    expect([answer.status, answer.body]).toMatchObject([400, { code: 'ERR11004', severity: 'ERROR' }]);
  });
});

describe('Checks of services', () => {
  it('are told with the members of light-controller first, numbers as numbers', async () => {
    const { status, body } = await read(WEB);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: WEB,
      serviceId: 'com.web',
      tag: null,
      protocol: 'http',
      address: '127.0.0.1',
      port: 8080,
      healthPath: '/health/',
      tlsSkipVerify: false,
      interval: 3_600_000,
      executeInterval: expect.any(Number),
      deregisterCriticalServiceAfter: 120_000,
      lastExecuteTimestamp: expect.any(Number),
      lastFailedTimestamp: expect.any(Number),
    });
    expect(Object.keys(body).slice(0, 13)).toEqual([
      'id',
      'serviceId',
      'tag',
      'protocol',
      'address',
      'port',
      'healthPath',
      'tlsSkipVerify',
      'interval',
      'executeInterval',
      'deregisterCriticalServiceAfter',
      'lastExecuteTimestamp',
      'lastFailedTimestamp',
    ]);
  });

  it('are all told by their ids, those of no service left out', async () => {
    const { body } = await plane.send('GET', '/services/check');
    expect(Object.keys(body).toSorted()).toEqual([PLAIN, BLUE, WEB].toSorted());
    expect(body[BLUE]).toEqual((await read(BLUE)).body);
  });

  it('are only told while they are stale if that is asked for', async () => {
    expect((await plane.send('GET', '/services/check?stale=true')).body).toEqual({});
    await plane.send('PUT', `/checks/${encodeURIComponent(BLUE)}/pause`);
    const { body } = await plane.send('GET', '/services/check?stale=true');
    expect(body).toMatchObject({ [BLUE]: { id: BLUE, tag: 'blue', address: '[2001:db8::1]', stale: true } });
    expect(Object.keys(body)).toEqual([BLUE]);
    expect(Object.keys((await plane.send('GET', '/services/check?stale=false')).body)).toHaveLength(3);
    expect((await plane.send('GET', '/services/check?stale=perhaps')).status).toBe(400);
    // nodes of light-controller send it to each other, and to nobody else
    const { body: refused } = await plane.send('GET', '/services/check?stale=true&local=true');
    expect(refused).toMatchObject({ statusCode: 400, description: expect.stringContaining('`local`') });
  });

  it('that are not there are answered as clients know it', async () => {
    const { status, body } = await read('com.nobody|x:http:10.0.0.7:80');
    expect([status, body['code']]).toEqual([404, 'ERR11637']);
  });

  it('are refused by an id of 4 kB, in words', async () => {
    const { status, body } = await read('a'.repeat(4_096));
    expect([status, body]).toMatchObject([414, { statusCode: 414, severity: 'ERROR' }]);
    expect(String(body['description'])).toMatch(/max param length/);
  });
});
