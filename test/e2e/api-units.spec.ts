import { registration, TestControlPlane } from '../support/control-plane.js';

const MIB = 2 ** 20;

describe('Amounts', () => {
  let plane: TestControlPlane;
  beforeAll(async () => (plane = await TestControlPlane.start()));
  afterAll(() => plane.stop());

  const capacityOf = async (name: string): Promise<unknown> =>
    (await plane.send('GET', `/providers/${name}`)).body['capacity'];

  it.each([
    ['cpu', 8, 8],
    ['cpu', 0.25, 0.25],
    ['cpu', '1.5', 1.5],
    ['cpu', '500m', 0.5],
    ['cpu', 0, 0],
    ['memory', 1_073_741_824, 2 ** 30],
    ['memory', '1073741824', 2 ** 30],
    ['memory', '1KB', 1_000],
    ['memory', '512MiB', 512 * MIB],
    ['memory', '512Mi', 512 * MIB],
    ['memory', '1.5 gb', 1.5e9],
    ['storage', '1TB', 1e12],
    ['storage', '1TiB', 2 ** 40],
    ['storage', '2P', 2e15],
    ['node', 3, 3],
  ])('%s %j is kept as %d, at registration, in an update and in a beat', async (resource, given, kept) => {
    await plane.register('p1', { metadata: { resources: { [`total_${resource}`]: given } } });
    expect(await capacityOf('p1')).toMatchObject({ [resource]: kept });
    await plane.register('p2');
    const update = { timestamp: '2026-01-31T10:00:00Z', capacity: { [resource]: given } };
    expect((await plane.send('PATCH', '/providers/p2/resources', update)).status).toBe(200);
    expect(await capacityOf('p2')).toMatchObject({ [resource]: kept });
    await plane.register('p3');
    expect((await plane.beat('p3', 'Ready', { resources: { [resource]: given } })).status).toBe(200);
    expect(await capacityOf('p3')).toMatchObject({ [resource]: kept });
  });

  it.each([
    ['cpu', '1 core'],
    ['cpu', '-1'],
    ['cpu', '1e3'],
    ['cpu', '5M'],
    ['memory', '8 bananas'],
    ['memory', '1XB'],
    ['memory', -1],
    ['memory', '99999999999999999999PB'],
    ['memory', '0x10'],
    ['storage', ''],
    ['storage', true],
    ['storage', null],
    ['storage', {}],
  ])(
    '%s %j is refused wherever it is said, naming the field, and nothing is kept',
    async (resource, given) => {
      const refused = async (method: string, path: string, body: object, pointer: string): Promise<void> => {
        const { status, body: problem } = await plane.send(method, path, body);
        expect([status, problem['errors']]).toMatchObject([422, [{ pointer }]]);
      };
      const total = { metadata: { resources: { [`total_${resource}`]: given } } };
      await refused('POST', '/providers', registration('q1', total), `/metadata/resources/total_${resource}`);
      await plane.register('q2');
      const timestamp = '2026-01-31T10:00:00Z';
      const amounts = { [resource]: given };
      for (const member of ['capacity', 'allocated']) {
        const update = { timestamp, capacity: {}, [member]: amounts };
        await refused('PATCH', '/providers/q2/resources', update, `/${member}/${resource}`);
      }
      const beat = { timestamp, phase: 'Ready', resources: amounts };
      await refused('PUT', '/providers/q2/status', beat, `/resources/${resource}`);
      expect(await capacityOf('q2')).toEqual({});
      expect((await plane.send('GET', '/providers/q1')).status).toBe(404);
    },
  );

  it('are asked for in the units in which they are stated', async () => {
    await plane.register('r1', {
      service_type: 'units',
      metadata: { resources: { total_cpu: '2500m', total_memory: '4GiB', total_storage: '1TB' } },
    });
    await plane.beat('r1');
    const found = async (needs: string): Promise<number> => {
      const { body } = await plane.send('GET', `/placement/candidates?service_type=units&${needs}`);
      return (body['candidates'] as unknown[]).length;
    };
    expect(await found('cpu=2.5&memory=4GiB&storage=1000GB')).toBe(1);
    expect(await found('cpu=2501m')).toBe(0);
    expect(await found(`memory=${4 * 1_024 * MIB + 1}`)).toBe(0);
    expect(await found('memory=4GB')).toBe(1);
  });
});

describe('null', () => {
  let plane: TestControlPlane;
  beforeAll(async () => (plane = await TestControlPlane.start({ VITALS_ADMIN_TOKEN: 'the-administrator' })));
  afterAll(() => plane.stop());

  it.each<[path: string, body: object, pointer: string]>([
    ['/providers', registration('p1', { display_name: null }), '/display_name'],
    ['/providers', registration('p1', { operations: null }), '/operations'],
    ['/providers', registration('p1', { metadata: null }), '/metadata'],
    ['/providers', registration('p1', { metadata: { zone: null } }), '/metadata/zone'],
    ['/providers', registration('p1', { labels: null }), '/labels'],
    ['/tokens', { kind: 'read-only', description: null }, '/description'],
    [
      '/placement/reservations',
      { requirement: { cpu: 1, label: null }, ttl_seconds: 60 },
      '/requirement/label',
    ],
  ])('is not a way to leave a member out of POST %s: %j', async (path, body, pointer) => {
    const answer = await fetch(plane.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer the-administrator' },
      body: JSON.stringify(body),
    });
    expect([answer.status, await answer.json()]).toMatchObject([
      422,
      { errors: expect.arrayContaining([expect.objectContaining({ pointer })]) },
    ]);
  });
});
