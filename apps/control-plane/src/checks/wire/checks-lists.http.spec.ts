import { TestControlPlane } from '../../../../../test/support/control-plane.js';

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await TestControlPlane.start();
  const ttl = { type: 'ttl', interval: '1h' };
  await plane.send('PUT', '/checks/b', { ...ttl, labels: { tier: 'gold', site: 'x=y' } });
  await plane.send('PUT', '/checks/a', { ...ttl, paused: true });
  await plane.send('PUT', '/checks/c', { type: 'tcp', tcp: { host: '127.0.0.1', port: 9 }, interval: '1h' });
  const node = { serviceId: 'shop', tag: 'blue', protocol: 'https', address: '10.0.0.7', port: 443 };
  await plane.send('POST', '/services', { ...node, check: { interval: 60_000 } });
  await plane.send('PUT', '/checks/b/status', { status: 'fail', message: 'no space left' });
});
afterAll(() => plane.stop());

const SERVICE = 'shop|blue:https:10.0.0.7:443';
const list = async (query: string): Promise<[string[], string | undefined]> => {
  const { status, body } = await plane.send('GET', `/checks${query}`);
  expect(status).toBe(200);
  const ids = (body['checks'] as { id: string }[]).map(({ id }) => id);
  return [ids, body['next_page_token'] as string | undefined];
};

describe('The list of checks', () => {
  it.each<[string, string[]]>([
    ['', ['a', 'b', 'c', SERVICE]],
    ['?status=Critical', ['b']],
    ['?status=Pending&type=ttl', ['a', SERVICE]],
    ['?type=tcp', ['c']],
    ['?label=tier=gold&label=site=x%3Dy', ['b']],
    ['?label=tier=gold&label=site=z', []],
    ['?stale=true', ['a']],
    ['?stale=false&type=ttl', ['b', SERVICE]],
  ])('%s has those that are asked for, by id', async (query, ids) => {
    expect(await list(query)).toEqual([ids, undefined]);
  });

  it('comes in pages', async () => {
    const [first, token] = await list('?max_page_size=3');
    expect(first).toEqual(['a', 'b', 'c']);
    expect(await list(`?max_page_size=3&page_token=${token}`)).toEqual([[SERVICE], undefined]);
  });

  it('tells the service of a check, and after how long it would be removed', async () => {
    const { body } = await plane.send('GET', `/checks/${encodeURIComponent(SERVICE)}`);
    expect(body).toMatchObject({
      source: 'service',
      service: { service_id: 'shop', tag: 'blue', protocol: 'https', address: '10.0.0.7', port: 443 },
      deregister_after: '2m',
    });
  });
});

describe('The history of a check', () => {
  it('has its transitions, newest first', async () => {
    const { body } = await plane.send('GET', '/checks/b/transitions');
    expect(body).toEqual({
      transitions: [
        {
          sequence: expect.any(Number),
          from: 'Pending',
          to: 'Critical',
          cause: 'no space left',
          at: expect.any(String),
        },
      ],
    });
  });

  it('has its uptime in buckets, and says of a span without a result that nothing is known', async () => {
    const span = 'from=2020-01-01T00:30:00Z&to=2020-01-02T00:00:00%2B00:00';
    const { body } = await plane.send('GET', `/checks/b/uptime?resolution=hour&${span}`);
    expect(body).toEqual({
      resolution: 'hour',
      from: '2020-01-01T00:00:00.000Z',
      to: '2020-01-02T00:00:00.000Z',
      summary: { up: 0, warning: 0, down: 0, up_share: null, mean_duration_ms: null },
      buckets: [],
    });
  });

  it('begins an hour, a day or thirty days back by default', async () => {
    for (const [resolution, spanMs, width] of [
      ['minute', 3_600_000, 60_000],
      ['hour', 86_400_000, 3_600_000],
      ['day', 2_592_000_000, 86_400_000],
    ] as const) {
      const { body } = await plane.send('GET', `/checks/b/uptime?resolution=${resolution}`);
      const ms = Date.parse(String(body['to'])) - Date.parse(String(body['from']));
      expect([resolution, ms >= spanMs, ms < spanMs + width]).toEqual([resolution, true, true]);
    }
  });
});
