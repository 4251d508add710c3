import { registration } from '../support/control-plane.js';
import { ADMIN, beatOf, REGISTRATION, SecuredControlPlane } from '../support/secured.js';

let secured: SecuredControlPlane;
/** A token of each kind; `provider` is of `west-1`, `gateway` speaks for `west-*` and `east-1`. */
const tokens: Record<string, string> = { admin: ADMIN, registration: REGISTRATION };

beforeAll(async () => {
  secured = await SecuredControlPlane.start();
  for (const name of ['west-1', 'west-2', 'east-1', 'east-2']) {
    const token = await secured.register(name);
    if (name === 'west-1') tokens['provider'] = token;
  }
  tokens['gateway'] = (await secured.give({ kind: 'gateway', names: ['west-*', 'east-1'] })).token;
  tokens['read-only'] = (await secured.give({ kind: 'read-only', description: 'a dashboard' })).token;
});
afterAll(() => secured.stop());

const READS = [
  'GET /providers',
  'GET /provider-status',
  'GET /transitions',
  'GET /placement/candidates',
  'GET /providers/east-2',
  'GET /providers/east-2/status',
];
const MANAGES = [
  'PUT /providers/west-1/cordon',
  'DELETE /providers/west-1/cordon',
  'POST /providers/west-1/drain',
  'POST /providers/nobody/token',
  'DELETE /providers/nobody',
  'GET /tokens',
  'POST /tokens',
  'DELETE /tokens/none',
];
const BEAT = 'PUT /providers/west-1/status';
const INFO = 'PATCH /providers/west-1/resources';
const AGAIN = 'PUT /providers/west-1';

const BODIES: Readonly<Record<string, unknown>> = {
  [BEAT]: beatOf(),
  [INFO]: { timestamp: '2026-01-01T00:00:00Z', capacity: { cpu: 1 } },
  'POST /heartbeats': { items: [] },
  'POST /tokens': { kind: 'read-only' },
};

async function statusOf(kind: string | undefined, call: string): Promise<number> {
  const [method = '', path = ''] = call.split(' ');
  const token = kind === undefined ? undefined : tokens[kind];
  const { status } = await secured.ask(token, method, path, BODIES[call]);
  return status;
}

describe('With authentication on', () => {
  it.each([...READS, ...MANAGES, BEAT, INFO, AGAIN, 'POST /heartbeats', 'POST /providers'])(
    '%s needs a token, and says how to show it',
    async (call) => {
      const [method = '', path = ''] = call.split(' ');
      const answer = await secured.ask(undefined, method, path, BODIES[call]);
      expect([answer.status, answer.type, answer.headers.get('www-authenticate')]).toEqual([
        401,
        'application/problem+json; charset=utf-8',
        'Bearer realm="vitals"',
      ]);
      expect(answer.body['detail']).toMatch(/Authorization: Bearer/);
      expect(await secured.ask('wrong', method, path, BODIES[call])).toMatchObject({ status: 401 });
    },
  );

  it.each(['/healthz', '/v1.0/healthz', '/health', '/health/live', '/health/ready', '/components'])(
    'GET %s needs none',
    async (path) => expect((await secured.ask(undefined, 'GET', path)).status).toBeLessThan(300),
  );

  it.each<[string, readonly string[], readonly string[]]>([
    ['admin', [...READS, ...MANAGES, BEAT, INFO], []],
    ['read-only', READS, [...MANAGES, BEAT, INFO, AGAIN, 'POST /heartbeats', 'POST /providers']],
    ['registration', [], [...READS, ...MANAGES, BEAT, INFO, 'POST /heartbeats']],
    [
      'provider',
      [BEAT, INFO, 'GET /providers/west-1', 'GET /providers/west-1/status'],
      [...READS, ...MANAGES],
    ],
    [
      'gateway',
      [BEAT, INFO, 'GET /providers/west-2/status'],
      [...READS, ...MANAGES, AGAIN, 'POST /providers'],
    ],
  ])('the %s token may do what it is for, and is told 403 for anything else', async (kind, may, mayNot) => {
    for (const call of may) expect([call, await statusOf(kind, call)]).not.toEqual([call, 403]);
    for (const call of mayNot) expect([call, await statusOf(kind, call)]).toEqual([call, 403]);
  });

  it('says in a 403 what the token may do, and not whether there is such a name', async () => {
    const token = tokens['provider'] as string;
    const [there, not] = await Promise.all(['east-2', 'no-such'].map((name) => secured.beat(token, name)));
    expect(there?.body).toEqual(not?.body);
    expect(there?.body).toMatchObject({ status: 403, code: 'forbidden' });
    expect(there?.body['detail']).toMatch(/may act only for west-1/);
  });

  it('lets a provider register again under its own name and no other, whatever the body says', async () => {
    const own = await secured.register('again');
    const other = { ...registration('west-2'), name: 'west-2' };
    expect((await secured.ask(own, 'POST', '/providers', other)).status).toBe(403);
    const inPath = await secured.ask(own, 'PUT', '/providers/west-2', { ...other, name: 'again' });
    expect(inPath.status).toBe(403);
    const again = await secured.ask(own, 'POST', '/providers', registration('again'));
    expect([again.status, again.body['generation']]).toEqual([200, 2]);
  });

  it('refuses the items of a batch that its gateway does not speak for, each alone', async () => {
    const items = ['west-1', 'east-1', 'east-2', 'west-9', 'southwest-1'].map((name) => ({
      name,
      ...beatOf(),
    }));
    const { status, body } = await secured.ask(tokens['gateway'], 'POST', '/heartbeats', { items });
    const results = body['results'] as { name: string; status: number; problem?: { code: string } }[];
    expect([status, results.map((result) => result.status)]).toEqual([200, [200, 200, 403, 404, 403]]);
    expect(results[2]?.problem).toMatchObject({ code: 'forbidden', status: 403 });
    expect(
      (await secured.ask(ADMIN, 'GET', '/providers/east-2/status')).body['last_heartbeat_at'],
    ).toBeNull();
  });

  it('reads nothing of the body of a stranger', async () => {
    const answer = await fetch(`${secured.plane.url}/heartbeats`, {
      method: 'POST',
      body: '{'.repeat(500_000),
    });
    expect(answer.status).toBe(401);
  });

  it.each(['POST /heartbeats', BEAT])(
    'reads nothing of the body of %s if the token speaks for no provider',
    async (call) => {
      const [method = '', path = ''] = call.split(' ');
      for (const kind of ['read-only', 'registration']) {
        const headers = {
          authorization: `Bearer ${tokens[kind] as string}`,
          'content-type': 'application/json',
        };
        const answer = await fetch(secured.plane.url + path, { method, headers, body: '{' });
        expect([kind, answer.status]).toEqual([kind, 403]);
      }
    },
  );

  it('gives an administrator who registers for others their tokens too', async () => {
    const { status, body } = await secured.ask(ADMIN, 'POST', '/providers', registration('by-admin'));
    expect([status, (await secured.beat(String(body['token']), 'by-admin')).status]).toEqual([201, 200]);
  });
});

describe('With authentication off', () => {
  it('asks nobody, gives no tokens out with registrations, and has none to rotate', async () => {
    const off = await SecuredControlPlane.startOpen();
    const { status, body } = await off.ask(undefined, 'POST', '/providers', registration('p1'));
    expect([status, 'token' in body]).toEqual([201, false]);
    expect((await off.beat(undefined, 'p1')).status).toBe(200);
    expect((await off.beat('whatever', 'p1')).status).toBe(200);
    const rotation = await off.ask(undefined, 'POST', '/providers/p1/token');
    expect([rotation.status, rotation.body['detail']]).toEqual([
      422,
      expect.stringContaining('VITALS_ADMIN_TOKEN'),
    ]);
    await off.stop();
  });
});
