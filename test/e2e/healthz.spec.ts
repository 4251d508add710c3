import { DataSource } from 'typeorm';
import { type JsonAnswer, TestControlPlane, until } from '../support/control-plane.js';

describe('The health of the control plane itself', () => {
  let plane: TestControlPlane;
  beforeAll(async () => (plane = await TestControlPlane.start({ VITALS_APP_ID: 'cp' })));
  afterAll(() => plane.stop());

  /** A busy machine makes the event loop late, which may be told once. */
  const whenGreen = (path: string, isGreen: (answer: JsonAnswer) => boolean): Promise<JsonAnswer> =>
    until(30_000, () => plane.send('GET', path), isGreen);

  it('is green while its database, sweeper and event loop are', async () => {
    for (const path of ['/healthz', '/v1.0/healthz?components=true&appid=cp', '/healthz/outbound'])
      await whenGreen(path, ({ status }) => status === 204);
    const { body } = await whenGreen('/components', ({ body: { components } }) =>
      (components as { status: string }[]).every(({ status }) => status === 'OK'),
    );
    expect(body['components']).toMatchObject([
      { type: 'runtime.node', name: 'event-loop', status: 'OK' },
      { type: 'scheduler.checks', name: 'check-executor', status: 'OK' },
      { type: 'scheduler.checks', name: 'services', status: 'OK' },
      { type: 'scheduler.fleet', name: 'fleet', status: 'OK' },
      { type: 'scheduler.leases', name: 'lease-sweeper', status: 'OK' },
      { type: 'state.sqlite', name: 'database', status: 'OK' },
    ]);
    expect((await plane.send('GET', '/components/state.sqlite/database')).body).toMatchObject({
      status: 'OK',
    });
  });

  it('tells another app id from its own', async () => {
    const answer = await plane.send('GET', '/healthz?appid=other');
    expect([answer.status, answer.body['errorCode']]).toEqual([500, 'ERR_HEALTH_APPID_NOT_MATCH']);
  });

  it('turns red when its database is gone, and names it', async () => {
    await plane.app.get(DataSource).destroy();
    const answer = await plane.send('GET', '/healthz?components=true');
    expect(answer.status).toBe(500);
    expect(answer.body['componentsHealth']).toMatchObject([
      { componentName: 'database', type: 'state', status: 'NOT_OK', errorCode: 'ERR_HEALTH_NOT_OK' },
    ]);
    expect((await plane.send('GET', '/health/ready')).status).toBe(503);
    expect((await plane.send('GET', '/health/live')).status).toBe(200);
  });

  it('tells who was forwarded what failed, and not why, at every path', async () => {
    const why = /connection is not open/;
    const textOf = async (path: string, headers: Record<string, string>): Promise<string> =>
      (await fetch(plane.url + path, { headers })).text();
    const paths = ['/components', '/components/state.sqlite/database', '/health/components', '/health/ready'];
    for (const path of [...paths, '/healthz?components=true', '//healthz/?components=true&approach=1']) {
      expect([path, why.test(await textOf(path, {}))]).toEqual([path, true]);
      const forwarded = await textOf(path, { 'x-forwarded-for': '203.0.113.9' });
      expect([path, why.test(forwarded), forwarded.includes('database')]).toEqual([path, false, true]);
    }
  });
});
