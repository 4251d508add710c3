import { TestControlPlane } from '../support/control-plane.js';

let plane: TestControlPlane;
beforeAll(async () => (plane = await TestControlPlane.start()));
afterAll(() => plane.stop());

const PROBLEM = 'application/problem+json; charset=utf-8';
const DAY_MS = 86_400_000;

const send = async (name: string, beat: unknown): Promise<number> =>
  (await plane.send('PUT', `/providers/${name}/status`, beat)).status;
const view = async (name: string): Promise<Readonly<Record<string, unknown>>> =>
  (await plane.send('GET', `/providers/${name}/status`)).body;
const at = (offsetMs: number): string => new Date(Date.now() + offsetMs).toISOString();

describe('The timestamp of a beat', () => {
  it.each([
    ['the year 0', '0000-01-01T00:00:00Z'],
    ['the last second of the year 9999', '9999-12-31T23:59:59.999Z'],
    ['a leap second', '2016-12-31T23:59:60Z'],
    ['a leap second at the end of time', '9999-12-31T23:59:60Z'],
    ['the widest zones', '2026-01-01T00:00:00+23:59'],
    ['a zone west of everything', '2026-01-01T00:00:00-23:59'],
    ['lower case and many digits', '2026-01-01t00:00:00.123456789012345678z'],
    ['a space in its middle', '2026-01-01 00:00:00Z'],
    ['a leap day', '2024-02-29T12:00:00Z'],
  ])('may be of %s: it is a sign of life', async (_what, timestamp) => {
    await plane.register('any-time');
    expect(await send('any-time', { timestamp, phase: 'Ready' })).toBe(200);
    expect(await view('any-time')).toMatchObject({ availability: 'Available', phase: 'Ready' });
    expect(Number.isFinite((await view('any-time'))['clock_skew_ms'])).toBe(true);
  });

  it.each([
    '',
    'now',
    '2026-01-01',
    '2026-01-01T00:00:00',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:61Z',
    '2026-01-01T00:00:00+24:00',
    '20260-01-01T00:00:00Z',
    '-0001-01-01T00:00:00Z',
    '２０２６-01-01T00:00:00Z',
    `2026-01-01T00:00:00.${'0'.repeat(100)}Z`,
  ])('may not be %j', async (timestamp) => {
    await plane.register('no-time');
    const answer = await plane.send('PUT', '/providers/no-time/status', { timestamp, phase: 'Ready' });
    expect([answer.status, answer.type]).toEqual([422, PROBLEM]);
    expect((await view('no-time'))['last_heartbeat_at']).toBeNull();
  });

  it.each([-DAY_MS, -3_600_000, 3_600_000, DAY_MS])(
    'neither extends nor shortens a lease: %d ms',
    async (ms) => {
      await plane.register('skewed');
      expect(await send('skewed', { timestamp: at(ms), phase: 'Ready' })).toBe(200);
      const { deadline_at: deadline, clock_skew_ms: skew } = await view('skewed');
      const leftMs = Date.parse(String(deadline)) - Date.now();
      expect(leftMs).toBeGreaterThan(25_000);
      expect(leftMs).toBeLessThan(40_000);
      expect(Math.abs(Number(skew) - ms)).toBeLessThan(5_000);
    },
  );
});

describe('Beats that come twice, late or again', () => {
  it('are taken once in what they say, whatever their order', async () => {
    await plane.register('unordered');
    const [old, recent] = [at(-20_000), at(0)];
    expect(await send('unordered', { timestamp: recent, phase: 'Draining' })).toBe(200);
    for (let replay = 0; replay < 5; replay++) {
      expect(await send('unordered', { timestamp: old, phase: 'Ready', resources: { cpu: 9 } })).toBe(200);
      expect(await send('unordered', { timestamp: recent, phase: 'Draining' })).toBe(200);
    }
    expect(await view('unordered')).toMatchObject({ phase: 'Draining', availability: 'Available' });
    expect((await plane.send('GET', '/providers/unordered')).body['capacity']).toEqual({});
    const { transitions } = (await plane.send('GET', '/transitions?limit=1000')).body as {
      transitions: { subject: string }[];
    };
    expect(transitions.filter(({ subject }) => subject === 'unordered')).toHaveLength(1);
  });

  it('are believed again when the clock of the provider was set back', async () => {
    await plane.register('set-back');
    await send('set-back', { timestamp: at(DAY_MS), phase: 'Draining' });
    expect(await send('set-back', { timestamp: at(0), phase: 'Ready' })).toBe(200);
    expect((await view('set-back'))['phase']).toBe('Ready');
  });
});

describe('Two processes that claim one name', () => {
  it('are told apart by their generation: the one that was replaced is told so, and keeps nobody alive', async () => {
    const first = (await plane.register('twins')).body['generation'];
    const second = (await plane.register('twins')).body['generation'];
    expect([first, second]).toEqual([1, 2]);
    const zombie = await plane.beat('twins', 'Ready', { generation: first });
    expect([zombie.status, zombie.body['code']]).toEqual([409, 'generation-stale']);
    expect((await view('twins'))['last_heartbeat_at']).toBeNull();
    expect((await plane.beat('twins', 'Ready', { generation: second })).status).toBe(200);
    for (const generation of [0, 3, 1e300, 2.5, -1, '2'])
      expect([409, 422]).toContain((await plane.beat('twins', 'Ready', { generation })).status);
  });

  it('are refused by the id that each chose for itself', async () => {
    const claim = (id: string): Promise<{ status: number }> =>
      plane.send('POST', `/providers?id=${id}`, {
        name: 'chosen',
        endpoint: 'http://a',
        service_type: 'vm',
        schema_version: 'v1',
      });
    const statuses = (await Promise.all(['one', 'two'].map(claim))).map(({ status }) => status);
    expect(statuses.toSorted((one, other) => one - other)).toEqual([201, 409]);
  });
});
