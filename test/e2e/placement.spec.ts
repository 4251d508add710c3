import { RunningClock } from '@vitals/core/time';
import { type JsonAnswer, SteppedClock, TestControlPlane, until } from '../support/control-plane.js';

let plane: TestControlPlane;

beforeEach(async () => (plane = await TestControlPlane.start()));
afterEach(() => plane.stop());

/** Providers that are Ready, with this many cores each. */
async function ready(cores: Readonly<Record<string, number>>): Promise<void> {
  for (const [name, cpu] of Object.entries(cores)) {
    await plane.register(name, { metadata: { zone: 'z', resources: { total_cpu: cpu } } });
    await plane.beat(name);
  }
}

function reserve(cpu: number, more: object = {}): Promise<JsonAnswer> {
  return plane.send('POST', '/placement/reservations', { requirement: { cpu }, ttl_seconds: 60, ...more });
}

async function candidates(query: string): Promise<Record<string, unknown>[]> {
  return (await plane.send('GET', `/placement/candidates?${query}`)).body['candidates'] as never;
}

describe('placement', () => {
  it('finds the fitting providers, the emptiest first, and counts the reasons of the others', async () => {
    await ready({ small: 2, large: 8, half: 8, cordoned: 8, busy: 8 });
    await plane.send('PATCH', '/providers/half/resources', {
      timestamp: '2026-01-01T00:00:00Z',
      capacity: {},
      allocated: { cpu: 4 },
    });
    await plane.send('PUT', '/providers/cordoned/cordon');
    await plane.beat('busy', 'Maintenance');
    await plane.register('unheard');
    const { body } = await plane.send('GET', '/placement/candidates?cpu=4&explain=true');
    expect(body).toEqual({
      candidates: [
        {
          name: 'large',
          endpoint: 'http://127.0.0.1:9',
          zone: 'z',
          free: { cpu: 8 },
          score: 1,
          availability: 'Available',
        },
        {
          name: 'half',
          endpoint: 'http://127.0.0.1:9',
          zone: 'z',
          free: { cpu: 4 },
          score: 0.5,
          availability: 'Available',
        },
      ],
      excluded: { 'not enough cpu': 1, cordoned: 1, 'phase Maintenance': 1, 'not heard yet': 1 },
      considered: 6,
    });
  });

  it('puts a provider back when it is uncordoned, and leaves it out when it drains', async () => {
    await ready({ a: 4 });
    await plane.send('PUT', '/providers/a/cordon');
    expect(await candidates('')).toEqual([]);
    await plane.send('DELETE', '/providers/a/cordon');
    expect(await candidates('')).toHaveLength(1);
    await plane.send('POST', '/providers/a/drain');
    expect(await candidates('')).toEqual([]);
  });

  it('gives the last slot to one of many who reserve at the same time', async () => {
    await ready({ a: 4, b: 4 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => reserve(2)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(4);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused).toHaveLength(16);
    expect(refused[0]?.body).toMatchObject({ code: 'no-candidate', excluded: { 'not enough cpu': 2 } });
  });

  it('holds what is reserved, keeps what is confirmed, and frees what is released', async () => {
    await ready({ a: 4 });
    const held = await reserve(3);
    expect(held).toMatchObject({
      status: 201,
      body: { state: 'held', provider: { name: 'a' }, resources: { cpu: 3 }, expires_at: expect.any(String) },
    });
    const path = `/placement/reservations/${String(held.body['id'])}`;
    expect(await candidates('cpu=2')).toEqual([]);
    expect(await candidates('cpu=1')).toMatchObject([{ name: 'a', free: { cpu: 1 } }]);
    expect(await plane.send('POST', `${path}/confirm`)).toMatchObject({
      status: 200,
      body: { state: 'confirmed', expires_at: null },
    });
    expect((await plane.send('GET', path)).body).toMatchObject({ state: 'confirmed' });
    expect((await plane.send('DELETE', path)).status).toBe(204);
    expect(await plane.send('DELETE', path)).toMatchObject({
      status: 404,
      body: { code: 'reservation-not-found' },
    });
    expect(await candidates('cpu=4')).toHaveLength(1);
  });

  it('leaves alone what was reserved since the provider last said what is allocated', async () => {
    await ready({ a: 4 });
    const said = { timestamp: '2026-01-01T00:00:00Z', capacity: {}, allocated: { cpu: 3 } };
    await plane.send('PATCH', '/providers/a/resources', said);
    expect((await reserve(1)).status).toBe(201);
    expect(await reserve(1)).toMatchObject({ status: 409, body: { excluded: { 'not enough cpu': 1 } } });
    await plane.send('PATCH', '/providers/a/resources', { ...said, allocated: { cpu: 2 } });
    expect((await reserve(2)).status).toBe(201);
  });

  it('counts what a provider says is allocated and what is reserved as the larger of both', async () => {
    await ready({ a: 8 });
    const { body } = await reserve(3);
    await plane.send('POST', `/placement/reservations/${String(body['id'])}/confirm`);
    await plane.send('PATCH', '/providers/a/resources', {
      timestamp: '2026-01-01T00:00:00Z',
      capacity: { cpu: 8 },
      allocated: { cpu: 5 },
    });
    expect(await candidates('')).toMatchObject([{ free: { cpu: 3 } }]);
  });

  it('frees by itself what was not confirmed in time', async () => {
    await plane.stop();
    const clock = new SteppedClock();
    plane = await TestControlPlane.start({}, clock);
    await ready({ a: 4 });
    const { body } = await reserve(4, { ttl_seconds: 1 });
    const free = async (): Promise<number> => (await candidates('cpu=4')).length;
    for (let passedMs = 0; passedMs < 1_000; passedMs += 200) {
      expect(await free()).toBe(0);
      await clock.advance(200);
      plane.app.get(RunningClock).nowMs();
    }
    await until(30_000, free, (count) => count === 1);
    const late = await plane.send('POST', `/placement/reservations/${String(body['id'])}/confirm`);
    expect(late).toMatchObject({ status: 404, body: { code: 'reservation-not-found' } });
  });

  it.each([
    ['no requirement', { requirement: undefined }, '/requirement'],
    ['an amount that is none', { requirement: { cpu: 'many' } }, '/requirement/cpu'],
    ['an endless ttl', { ttl_seconds: 1e9 }, '/ttl_seconds'],
    ['an unknown strategy', { strategy: 'best' }, '/strategy'],
  ])('refuses a reservation with %s', async (_what, more, pointer) => {
    const answer = await reserve(1, more);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  });
});
