import { once } from 'node:events';
import { WebSocket } from 'ws';
import { createApp } from '../../apps/control-plane/src/app.module.js';
import { readSettings } from '../../apps/control-plane/src/settings/read-settings.js';
import type { Settings } from '../../apps/control-plane/src/settings/settings.js';
import { registration, sendTo, type JsonAnswer } from '../support/control-plane.js';
import { PostgresFixture } from './postgres.fixture.js';
import { startPostgres } from './services/postgres.js';
import { describeWith, provideService } from './services/provide-service.js';
import type { Service } from './services/service.js';

const service = await provideService('PostgreSQL', startPostgres);
const ADMIN = 'an-administrator-of-both';

/** One of several control planes on a database. */
class Plane {
  private constructor(
    private readonly app: Awaited<ReturnType<typeof createApp>>,
    readonly url: string,
  ) {}

  static async start(url: string): Promise<Plane> {
    const settings = readSettings({
      DATABASE_URL: url,
      PORT: '0',
      LOG_LEVEL: 'error',
      VITALS_DRAIN: '0',
      VITALS_ADMIN_TOKEN: ADMIN,
      VITALS_RATE_LIMIT: '0',
    });
    const database = { ...settings.database, isShared: true };
    const app = await createApp(Object.assign(settings, { database }) as Settings);
    await app.listen(0, '127.0.0.1');
    return new Plane(app, await app.getUrl());
  }

  send(method: string, path: string, body?: unknown, token = ADMIN): Promise<JsonAnswer> {
    return sendTo(this.url, method, path, body, 'application/json', { authorization: `Bearer ${token}` });
  }

  stop(): Promise<void> {
    return this.app.close();
  }
}

describeWith(service)('two control planes on one database', () => {
  const fixture = new PostgresFixture(service as Service);
  let a: Plane;
  let b: Plane;
  let url: string;

  beforeAll(async () => {
    url = await fixture.url();
    a = await Plane.start(url);
    b = await Plane.start(url);
  });

  afterAll(async () => {
    await a.stop();
    await b.stop();
  });

  /** Until both answer the same of a path, and what that is. */
  const both = (path: string, expected: object, status = 200): Promise<void> =>
    vi.waitFor(
      async () => {
        for (const plane of [a, b]) {
          const answer = await plane.send('GET', path);
          expect([path, answer.status]).toEqual([path, status]);
          expect(answer.body).toMatchObject(expected);
        }
      },
      { timeout: 5_000, interval: 50 },
    );

  it('know each provider that registers with either, and its orders', async () => {
    expect((await a.send('POST', '/providers', registration('one'))).status).toBe(201);
    await both('/providers/one', { generation: 1, cordoned: false });
    expect((await b.send('PUT', '/providers/one/cordon')).status).toBe(204);
    await both('/providers/one', { cordoned: true });
    expect((await a.send('POST', '/providers', registration('one'))).status).toBe(200);
    await both('/providers/one', { generation: 2 });
    expect((await b.send('DELETE', '/providers/one')).status).toBe(204);
    await both('/providers/one', { type: /not-registered/ }, 404).catch(() => undefined);
    await both('/providers', { providers: [] });
  });

  it('take commands at once that the other has only just made possible', async () => {
    for (let count = 0; count < 20; count++) {
      const [here, there] = count % 2 ? [a, b] : [b, a];
      expect((await here.send('POST', '/providers', registration(`quick-${count}`))).status).toBe(201);
      expect((await there.send('PUT', `/providers/quick-${count}/cordon`)).status).toBe(204);
      expect((await here.send('DELETE', `/providers/quick-${count}/cordon`)).status).toBe(204);
      expect((await there.send('DELETE', `/providers/quick-${count}`)).status).toBe(204);
      expect((await here.send('DELETE', `/providers/quick-${count}`)).status).toBe(404);
    }
  });

  it('give a name, an id and a key to one of two who ask both at once', async () => {
    for (let count = 0; count < 10; count++) {
      const ask = (plane: Plane, name: string, id: string) =>
        plane.send('POST', `/providers?id=${id}`, registration(name));
      const same = await Promise.all([
        ask(a, `race-${count}`, `x-${count}`),
        ask(b, `race-${count}`, `y-${count}`),
      ]);
      expect(same.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([201, 409]);
      const ids = await Promise.all([
        ask(a, `left-${count}`, `z-${count}`),
        ask(b, `right-${count}`, `z-${count}`),
      ]);
      expect(ids.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([201, 409]);
    }
    const rows = await fixture.ask('SELECT key FROM providers', url);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  });

  it('never give the same last slot to two who ask both at once', async () => {
    await a.send('POST', '/providers', registration('slot', { metadata: { resources: { total_cpu: 4 } } }));
    await both('/providers/slot', { name: 'slot' });
    const beat = { timestamp: new Date().toISOString(), phase: 'Ready' };
    for (const plane of [a, b]) await plane.send('PUT', '/providers/slot/status', beat);
    for (let count = 0; count < 10; count++) {
      const body = { requirement: { cpu: 4 }, ttl_seconds: 60 };
      const asked = [a, b, a, b].map((plane) => plane.send('POST', '/placement/reservations', body));
      const answers = await Promise.all(asked);
      const made = answers.filter(({ status }) => status === 201);
      expect([
        made.length,
        answers.map(({ status }) => status).toSorted((one, other) => one - other),
      ]).toEqual([1, [201, 409, 409, 409]]);
      expect(await fixture.ask('SELECT id FROM reservations', url)).toMatchObject([
        { id: made[0]?.body['id'] },
      ]);
      const path = `/placement/reservations/${String(made[0]?.body['id'])}`;
      const ended = await Promise.all([a, b].map((plane) => plane.send('DELETE', path)));
      expect(ended.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([204, 404]);
    }
  });

  it('honour a token that the other gave, and not one that it revoked', async () => {
    const given = await a.send('POST', '/tokens', { kind: 'read-only' });
    const { id, token } = given.body as { id: string; token: string };
    await vi.waitFor(async () =>
      expect((await b.send('GET', '/providers', undefined, token)).status).toBe(200),
    );
    expect((await b.send('DELETE', `/tokens/${id}`)).status).toBe(204);
    await vi.waitFor(async () =>
      expect((await a.send('GET', '/providers', undefined, token)).status).toBe(401),
    );
  });

  it('refuse nothing that the other has just made possible: they catch up first', async () => {
    const at = (): object => ({ timestamp: new Date().toISOString(), phase: 'Ready' });
    for (let count = 0; count < 5; count++) {
      const name = `behind-${count}`;
      const [here, there] = count % 2 ? [a, b] : [b, a];
      const given = await here.send('POST', '/providers', registration(name));
      const token = String(given.body['token']);
      expect((await there.send('PUT', `/providers/${name}/status`, at(), token)).status).toBe(200);
      expect((await here.send('POST', '/providers', registration(name))).status).toBe(200);
      const newest = { ...at(), generation: 2 };
      expect((await there.send('PUT', `/providers/${name}/status`, newest)).status).toBe(200);
      await here.send('POST', '/providers', registration(`${name}-a`));
      await here.send('POST', '/providers', registration(`${name}-b`));
      const items = ['-a', '-b', '-c'].map((end) => ({ name: name + end, ...at() }));
      const { body } = await there.send('POST', '/heartbeats', { items });
      expect(body['results']).toMatchObject([{ status: 200 }, { status: 200 }, { status: 404 }]);
      const gateway = await here.send('POST', '/tokens', { kind: 'gateway', names: ['behind-*'] });
      expect((await there.send('POST', '/heartbeats', { items }, String(gateway.body['token']))).status).toBe(
        200,
      );
      const reader = await here.send('POST', '/tokens', { kind: 'read-only' });
      const asReader = String(reader.body['token']);
      expect((await there.send('GET', '/providers', undefined, asReader)).status).toBe(200);
      await here.send('PUT', `/checks/${name}`, { type: 'ttl', interval: '1h' });
      expect((await there.send('GET', `/checks/${name}`)).status).toBe(200);
      expect((await there.send('DELETE', `/checks/${name}`)).status).toBe(204);
    }
    expect((await a.send('GET', '/providers/nobody')).status).toBe(404);
    expect((await a.send('GET', '/providers', undefined, 'unknown')).status).toBe(401);
  });

  it('let in WebSockets whose token the other has just given out', async () => {
    const given = await a.send('POST', '/tokens', { kind: 'read-only' });
    const socket = new WebSocket(`${b.url.replace('http', 'ws')}/ws`, {
      headers: { authorization: `Bearer ${String(given.body['token'])}` },
    });
    await once(socket, 'open');
    socket.terminate();
    const refused = new WebSocket(`${b.url.replace('http', 'ws')}/ws`, {
      headers: { authorization: 'Bearer unknown' },
    });
    const [error] = (await once(refused, 'error')) as [Error];
    expect(error.message).toContain('401');
  });

  it('read through: ?consistent=true shows what the other has committed, at once', async () => {
    for (let count = 0; count < 10; count++) {
      const name = `read-${count}`;
      await a.send('POST', '/providers', registration(name));
      const { body, headers } = await b.send('GET', '/providers?max_page_size=1000&consistent=true');
      const names = (body['providers'] as { name: string }[]).map((one) => one.name);
      expect(names).toContain(name);
      expect(Number(headers.get('x-vitals-lag-ms'))).toBeLessThan(500);
    }
  });

  it('know the services and checks of both', async () => {
    await a.send('PUT', '/checks/nightly', { type: 'ttl', interval: '1h' });
    await both('/checks/nightly', { id: 'nightly' });
    expect((await b.send('PUT', '/checks/nightly/pause')).status).toBeLessThan(300);
    await both('/checks/nightly', { paused: true });
    expect((await b.send('DELETE', '/checks/nightly')).status).toBe(204);
    await both('/checks', { checks: [] });
  });

  it('record each transition once, in one order that both tell', async () => {
    await a.send('POST', '/providers', registration('beating'));
    const beat = { timestamp: new Date().toISOString(), phase: 'Ready' };
    await vi.waitFor(async () =>
      expect((await b.send('PUT', '/providers/beating/status', beat)).status).toBe(200),
    );
    await both('/transitions?since=0&limit=1000', {
      transitions: expect.arrayContaining([expect.objectContaining({ subject: 'beating' })]),
    });
    const [ofA, ofB] = await Promise.all(
      [a, b].map((plane) => plane.send('GET', '/transitions?since=0&limit=1000')),
    );
    expect(ofA?.body).toEqual(ofB?.body);
  });
});
