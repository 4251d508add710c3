import { connect } from 'node:net';
import { once } from 'node:events';
import { TestControlPlane } from '../support/control-plane.js';

describe('PUT /providers/{name}/status', () => {
  let plane: TestControlPlane;
  beforeAll(async () => (plane = await TestControlPlane.start()));
  afterAll(() => plane.stop());

  it('answers the next interval and nothing else, and makes the provider available at once', async () => {
    await plane.register('p1');
    const answer = await plane.beat('p1');
    expect([answer.status, Object.keys(answer.body)]).toEqual([200, ['next_interval_seconds']]);
    expect([9, 10, 11]).toContain(answer.body['next_interval_seconds']);
    expect((await plane.send('GET', '/providers/p1/status')).body).toMatchObject({
      name: 'p1',
      phase: 'Ready',
      availability: 'Available',
      placeable: true,
      missed: 0,
      generation: 1,
      detection_bound_seconds: 38.1,
    });
  });

  it('takes the body of the specification, letter for letter, from any clock and zone', async () => {
    await plane.register('old');
    for (const timestamp of [
      '2025-12-16T10:00:00Z',
      '1990-01-01T00:00:00+13:45',
      '2999-12-31T23:59:60Z',
      '2025-12-16t10:00:00.123456789z',
    ]) {
      expect((await plane.send('PUT', '/providers/old/status', { timestamp, phase: 'Ready' })).status).toBe(
        200,
      );
    }
    const { body } = await plane.send('GET', '/providers/old/status');
    expect(body['availability']).toBe('Available');
  });

  it('passes over members that it does not know', async () => {
    await plane.register('extra');
    expect((await plane.beat('extra', 'Ready', { mood: 'fine', nested: { a: [1] } })).status).toBe(200);
  });

  it('takes resources and capabilities along', async () => {
    await plane.register('rich');
    await plane.beat('rich', 'Ready', { resources: { cpu: 4, total_memory: '8GB' }, capabilities: ['gpu'] });
    const { body } = await plane.send('GET', '/placement/candidates?cpu=4&memory=8GB&capability=gpu');
    expect(body).toMatchObject({ candidates: [{ name: 'rich', free: { cpu: 4, memory: 8e9 } }] });
  });

  it('keeps a zombie from speaking for the instance that replaced it', async () => {
    await plane.register('z');
    await plane.register('z');
    const answer = await plane.beat('z', 'Ready', { generation: 1 });
    expect([answer.status, answer.body['code']]).toEqual([409, 'generation-stale']);
    expect((await plane.beat('z', 'Ready', { generation: 2 })).status).toBe(200);
  });

  it('places nothing on a provider that says it is not ready', async () => {
    await plane.register('busy', { service_type: 'busy' });
    await plane.beat('busy', 'Draining');
    const { body } = await plane.send('GET', '/placement/candidates?service_type=busy&explain=true');
    expect(body).toMatchObject({ candidates: [], excluded: { 'phase Draining': 1 } });
  });

  it('answers thousands of faults with a few of them', async () => {
    await plane.register('many');
    const answer = await plane.beat('many', 'Ready', {
      capabilities: Array.from({ length: 5_000 }, () => 1),
    });
    expect([answer.status, (answer.body['errors'] as unknown[]).length]).toEqual([422, 20]);
    expect(String(answer.body['detail']).length).toBeLessThan(2_000);
  });

  const now = (): string => new Date().toISOString();
  it.each([
    [
      'an unknown phase',
      { timestamp: now(), phase: 'Fine' },
      '/phase',
      /Starting, Ready, NotReady, Draining, Maintenance/,
    ],
    ['a phase in another case', { timestamp: now(), phase: 'ready' }, '/phase', /Ready/],
    ['no phase', { timestamp: now() }, '/phase', /required/],
    ['no timestamp', { phase: 'Ready' }, '/timestamp', /required/],
    ['a number for a timestamp', { timestamp: 1, phase: 'Ready' }, '/timestamp', /string/],
    ['a date without a time', { timestamp: '2026-01-01', phase: 'Ready' }, '/timestamp', /RFC 3339/],
    ['the 30th of February', { timestamp: '2026-02-30T00:00:00Z', phase: 'Ready' }, '/timestamp', /RFC 3339/],
    [
      'a generation that is no number',
      { timestamp: now(), phase: 'Ready', generation: '1' },
      '/generation',
      /integer/,
    ],
    [
      'memory in no unit',
      { timestamp: now(), phase: 'Ready', resources: { memory: 'much' } },
      '/resources/memory',
      /bytes/,
    ],
  ])('refuses %s with 422 and does not renew', async (_what, body, pointer, detail) => {
    await plane.register('wrong');
    const answer = await plane.send('PUT', '/providers/wrong/status', body);
    expect([answer.status, answer.type]).toEqual([422, 'application/problem+json; charset=utf-8']);
    expect(answer.body['errors']).toEqual(
      expect.arrayContaining([{ pointer, detail: expect.stringMatching(detail) }]),
    );
    expect((await plane.send('GET', '/providers/wrong/status')).body['last_heartbeat_at']).toBeNull();
  });

  it.each([
    ['an unknown provider', 'nobody', { timestamp: now(), phase: 'Ready' }, 'application/json', 404],
    ['an impossible name', 'NO%20BODY', { timestamp: now(), phase: 'Ready' }, 'application/json', 422],
    ['a list', 'p1', [], 'application/json', 422],
    ['null', 'p1', 'null', 'application/json', 422],
    ['malformed JSON', 'p1', '{"phase"', 'application/json', 400],
    ['an empty body', 'p1', '', 'application/json', 400],
    ['text', 'p1', 'Ready', 'text/plain', 415],
    [
      'a body of 17 KiB',
      'p1',
      { timestamp: now(), phase: 'Ready', pad: 'x'.repeat(17 * 1024) },
      'application/json',
      413,
    ],
  ])('answers %s as a problem', async (_what, name, body, type, status) => {
    const answer = await plane.send('PUT', `/providers/${name}/status`, body, type);
    expect([answer.status, answer.type]).toEqual([status, 'application/problem+json; charset=utf-8']);
    if (status === 404) expect(answer.body['code']).toBe('provider-not-registered');
  });

  it('answers bytes that are no HTTP as a problem too', async () => {
    const { hostname, port } = new URL(plane.url);
    const socket = connect(Number(port), hostname);
    socket.end('NOT HTTP\r\n\r\n');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 400 [^]*application\/problem\+json[^]*request-malformed/);
  });
});

describe('PATCH /providers/{name}/resources', () => {
  let plane: TestControlPlane;
  beforeAll(async () => (plane = await TestControlPlane.start()));
  afterAll(() => plane.stop());

  it('merges what it is told, says when, and is no heartbeat', async () => {
    await plane.register('p1', { metadata: { resources: { total_cpu: 8 } } });
    const update = {
      timestamp: '2026-01-01T00:00:00Z',
      capacity: { memory: '1GiB' },
      allocated: { cpu: '500m' },
    };
    const answer = await plane.send('PATCH', '/providers/p1/resources', update);
    expect([answer.status, Object.keys(answer.body)]).toEqual([200, ['last_synced_at']]);
    expect((await plane.send('GET', '/providers/p1')).body).toMatchObject({
      capacity: { cpu: 8, memory: 2 ** 30 },
      allocated: { cpu: 0.5 },
      availability: 'Unknown',
    });
    expect((await plane.send('GET', '/providers/p1/status')).body['last_heartbeat_at']).toBeNull();
  });

  it('refuses amounts that cannot be read, and unknown providers', async () => {
    await plane.register('p2');
    const wrong = { timestamp: '2026-01-01T00:00:00Z', capacity: { cpu: -1 } };
    expect((await plane.send('PATCH', '/providers/p2/resources', wrong)).status).toBe(422);
    expect((await plane.send('PATCH', '/providers/p9/resources', { ...wrong, capacity: {} })).status).toBe(
      404,
    );
  });
});
