import { registration, TestControlPlane } from '../support/control-plane.js';

let plane: TestControlPlane;

describe('Registration of providers', () => {
  beforeEach(async () => (plane = await TestControlPlane.start()));
  afterEach(() => plane.stop());

  it('answers 201 with id and generation 1, then 200 with the next generation for the same name', async () => {
    const first = await plane.register('p1', {
      metadata: { zone: 'z1', rack: 7, resources: { total_cpu: '500m', total_memory: '1TB' } },
    });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      name: 'p1',
      generation: 1,
      availability: 'Unknown',
      phase: null,
      metadata: { zone: 'z1', rack: 7 },
      capacity: { cpu: 0.5, memory: 1e12 },
    });
    const again = await plane.register('p1');
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ id: first.body['id'], generation: 2 });
  });

  it('gives every one of many registrations of a name at the same time a generation of its own', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => plane.register('same')));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.map(({ body }) => Number(body['generation'])).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  it('refuses a name under another id, and an id under another name, with 409', async () => {
    await plane.send('POST', '/providers?id=one', registration('p1'));
    expect((await plane.send('POST', '/providers?id=one', registration('p1'))).status).toBe(200);
    const conflicts = [
      await plane.send('POST', '/providers?id=two', registration('p1')),
      await plane.send('POST', '/providers?id=one', registration('p2')),
    ];
    for (const { status, type, body } of conflicts) {
      expect([status, type, body['code']]).toEqual([
        409,
        'application/problem+json; charset=utf-8',
        'provider-id-conflict',
      ]);
    }
  });

  it('gives an id to one of many names that ask for it at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        plane.send('POST', '/providers?id=one', registration(`p${index}`)),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201,
      ...Array.from({ length: 9 }, () => 409),
    ]);
  });

  it('gives a name that comes back an id of its own, whoever took its old one', async () => {
    const { body } = await plane.register('vic');
    await plane.send('DELETE', '/providers/vic');
    await plane.send('POST', `/providers?id=${String(body['id'])}`, registration('squat'));
    expect((await plane.register('vic')).status).toBe(201);
  });

  it('keeps labels and metadata whatever their keys', async () => {
    const odd = { toString: 'a', valueOf: 'b', hasOwnProperty: 'c' };
    const { status } = await plane.register('odd', {
      labels: odd,
      metadata: { ...odd, deep: { valueOf: [1] } },
    });
    expect(status).toBe(201);
    const { body } = await plane.send('GET', '/providers/odd');
    expect([Object.entries(body['labels'] as object), Object.entries(body['metadata'] as object)]).toEqual([
      Object.entries(odd),
      [...Object.entries(odd), ['deep', { valueOf: [1] }]],
    ]);
  });

  it('applies with PUT, reads with GET, ends with DELETE, and knows it no more', async () => {
    const { name: _name, ...body } = registration('p1') as { name: string };
    expect((await plane.send('PUT', '/providers/p1', body)).status).toBe(201);
    expect((await plane.send('PUT', '/providers/p1', body)).status).toBe(200);
    expect((await plane.send('GET', '/providers/p1')).body).toMatchObject({ name: 'p1', generation: 2 });
    expect((await plane.send('DELETE', '/providers/p1')).status).toBe(204);
    expect((await plane.send('GET', '/providers/p1')).status).toBe(404);
    expect((await plane.send('DELETE', '/providers/p1')).body['code']).toBe('provider-not-registered');
    const { body: log } = await plane.send('GET', '/transitions');
    expect(log['transitions']).toMatchObject([
      { sequence: 1, subject: 'p1', from: 'Unknown', to: 'Removed' },
    ]);
  });

  it('lists in pages by name, and filters', async () => {
    for (const name of ['c', 'a', 'b', 'd']) {
      await plane.register(name, { metadata: { zone: name < 'c' ? 'z1' : 'z2' }, labels: { tier: name } });
    }
    const first = await plane.send('GET', '/providers?max_page_size=3');
    expect((first.body['providers'] as { name: string }[]).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    const second = await plane.send(
      'GET',
      `/providers?max_page_size=3&page_token=${String(first.body['next_page_token'])}`,
    );
    expect(second.body).toMatchObject({ providers: [{ name: 'd' }] });
    expect(second.body).not.toHaveProperty('next_page_token');
    const names = async (query: string): Promise<string[]> =>
      ((await plane.send('GET', `/providers?${query}`)).body['providers'] as { name: string }[]).map(
        ({ name }) => name,
      );
    expect(await names('zone=z2')).toEqual(['c', 'd']);
    expect(await names('label=tier=b')).toEqual(['b']);
    expect(await names('availability=Unknown&type=vm')).toHaveLength(4);
    expect(await names('type=container')).toEqual([]);
  });
});

describe('A request that is refused', () => {
  beforeAll(async () => (plane = await TestControlPlane.start({ VITALS_RATE_LIMIT: '0' })));
  afterAll(() => plane.stop());

  it.each([
    ['an empty body', {}, ['/endpoint', '/service_type', '/schema_version', '/name']],
    ['a name with capitals', registration('Bad'), ['/name']],
    ['a name of 254 characters', registration('a'.repeat(254)), ['/name']],
    ['a number for a name', registration(7 as never), ['/name']],
    ['an endpoint that is no URL', registration('p', { endpoint: 'nowhere' }), ['/endpoint']],
    ['a list for metadata', registration('p', { metadata: [] }), ['/metadata']],
    ['a zone that is not a string', registration('p', { metadata: { zone: 1 } }), ['/metadata/zone']],
    [
      'memory in no unit',
      registration('p', { metadata: { resources: { total_memory: '8 bananas' } } }),
      ['/metadata/resources/total_memory'],
    ],
    ['labels that are no texts', registration('p', { labels: { a: 1 } }), ['/labels']],
    ['a number for a label called toString', registration('p', { labels: { toString: 1 } }), ['/labels']],
    [
      'memory in a list',
      registration('p', { metadata: { resources: { memory: ['5'] } } }),
      ['/metadata/resources/memory'],
    ],
    [
      '33 levels of nesting',
      registration('p', { deep: JSON.parse('['.repeat(33) + ']'.repeat(33)) }),
      [`/deep${'/0'.repeat(31)}`],
    ],
    [
      '30,000 levels of nesting',
      `{"zzz":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
      [`/zzz${'/0'.repeat(31)}`],
    ],
    [
      'a member called constructor',
      registration('p', { labels: { constructor: 'x' } }),
      ['/labels/constructor'],
    ],
    ['a list as the body', [], []],
  ])(
    'as a registration: %s is a 422 that names the fields, and nothing is kept',
    async (_what, body, pointers) => {
      const answer = await plane.send('POST', '/providers', body);
      expect([answer.status, answer.type]).toEqual([422, 'application/problem+json; charset=utf-8']);
      const named = ((answer.body['errors'] ?? []) as { pointer: string }[]).map(({ pointer }) => pointer);
      expect(named).toEqual(expect.arrayContaining(pointers));
      expect((await plane.send('GET', '/providers')).body).toEqual({ providers: [] });
    },
  );

  it.each([
    ['malformed JSON', '{"name":', 'application/json', 400],
    ['a member twice', '{"name":"a","name":"b"}', 'application/json', 400],
    ['another type of JSON', '{}', 'application/vnd.example+json', 422],
    ['no body', undefined, 'application/json', 422],
    ['text', 'name=p1', 'text/plain', 415],
    ['a form', 'name=p1', 'application/x-www-form-urlencoded', 415],
    ['a body of 65 KiB', JSON.stringify({ name: 'a'.repeat(65 * 1024) }), 'application/json', 413],
    ['a poisoned prototype', '{"__proto__":{"x":1}}', 'application/json', 422],
  ])('is answered with a problem, for %s', async (_what, body, type, status) => {
    const answer = await plane.send('POST', '/providers', body, type);
    expect([answer.status, answer.type]).toEqual([status, 'application/problem+json; charset=utf-8']);
    expect(answer.body).toMatchObject({
      status,
      type: expect.stringMatching(/^urn:vitals:problem:/),
      title: expect.any(String),
    });
  });

  it.each([
    ['text/plain', 'name=p1', 'send JSON, with content-type: application/json'],
    ['banana', '{}', 'send JSON, with content-type: application/json'],
    ['application/json', '1'.repeat(66_000), 'the body is too large for this call; send a smaller one'],
  ])('says what to send instead of a body of %s that is refused', async (type, body, detail) => {
    expect((await plane.send('POST', '/providers', body, type)).body).toMatchObject({ detail });
  });

  it.each([
    ['PATCH', '/providers', 'GET, HEAD, POST'],
    ['POST', '/providers/p1', 'DELETE, GET, HEAD, PUT'],
    ['DELETE', '/providers/p1/status?x=1', 'GET, HEAD, PUT'],
    ['DELETE', '/transitions', 'GET, HEAD'],
  ])('is a 405 with the methods that there are, for %s %s', async (method, path, allow) => {
    const answer = await plane.send(method, path);
    expect([answer.status, answer.body['code'], answer.headers.get('allow')]).toEqual([
      405,
      'method-not-allowed',
      allow,
    ]);
  });

  it.each([
    ['/nowhere', 404],
    ['/providers/%zz', 400],
    [`/providers/${'a'.repeat(2_000)}`, 414],
    ['/providers/Bad_Name!', 422],
    ['/providers?max_page_size=0', 422],
    ['/providers?page_token=%00', 422],
    ['/transitions?since=-1', 422],
    ['/placement/candidates?cpu=many', 422],
  ])('is answered with a problem, GET %s with status %i', async (path, status) => {
    const answer = await plane.send('GET', path);
    expect([answer.status, answer.type]).toEqual([status, 'application/problem+json; charset=utf-8']);
  });
});
