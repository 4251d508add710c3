import { TestControlPlane } from '../support/control-plane.js';

const AT = '2026-01-31T10:00:00Z';
const beat = (name: string, more: object = {}): object => ({ name, timestamp: AT, phase: 'Ready', ...more });

interface Result {
  readonly name: string | null;
  readonly status: number;
  readonly next_interval_seconds?: number;
  readonly directive?: string;
  readonly problem?: { readonly code: string; readonly status: number; readonly errors?: readonly object[] };
}

describe('POST /heartbeats', () => {
  let plane: TestControlPlane;
  beforeAll(async () => {
    plane = await TestControlPlane.start();
    for (const name of ['a', 'b', 'c']) await plane.register(name);
  });
  afterAll(() => plane.stop());

  const results = async (items: readonly unknown[]): Promise<readonly Result[]> => {
    const { status, body } = await plane.send('POST', '/heartbeats', { items });
    expect(status).toBe(200);
    return body['results'] as readonly Result[];
  };
  const statusOf = async (name: string): Promise<unknown> =>
    (await plane.send('GET', `/providers/${name}/status`)).body;

  it('takes each beat as if it had come alone, and answers in the order of the items', async () => {
    const [b, a] = await results([
      beat('b', { phase: 'Draining' }),
      beat('a', { resources: { cpu: 4, memory: '8GB' }, capabilities: ['gpu'] }),
    ]);
    expect([b, a]).toMatchObject([
      { name: 'b', status: 200 },
      { name: 'a', status: 200 },
    ]);
    expect([9, 10, 11]).toContain(a?.next_interval_seconds);
    expect(await statusOf('b')).toMatchObject({ availability: 'Available', phase: 'Draining' });
    expect((await plane.send('GET', '/providers/a')).body).toMatchObject({
      capacity: { cpu: 4, memory: 8e9 },
      capabilities: ['gpu'],
    });
  });

  it('lets one bad item fail alone, with the problem that it would have been answered', async () => {
    await plane.register('c');
    const answered = await results([
      beat('c', { generation: 2 }),
      beat('c', { generation: 1 }),
      beat('nobody'),
      beat('NO BODY'),
      beat('c', { phase: 'ready' }),
      beat('c', { timestamp: 'yesterday' }),
      beat('c', { resources: { memory: 'much' } }),
      { timestamp: AT, phase: 'Ready' },
      null,
      7,
      beat('c'),
    ]);
    expect(answered.map(({ name, status, problem }) => [name, status, problem?.code])).toEqual([
      ['c', 200, undefined],
      ['c', 409, 'generation-stale'],
      ['nobody', 404, 'provider-not-registered'],
      ['NO BODY', 422, 'request-invalid'],
      ['c', 422, 'request-invalid'],
      ['c', 422, 'request-invalid'],
      ['c', 422, 'request-invalid'],
      [null, 422, 'request-invalid'],
      [null, 422, 'request-invalid'],
      [null, 422, 'request-invalid'],
      ['c', 200, undefined],
    ]);
    expect(answered[4]?.problem?.errors).toMatchObject([{ pointer: '/phase' }]);
  });

  it('takes a thousand beats, and none of 1,001', async () => {
    const thousand = Array.from({ length: 1_000 }, (_, at) => beat(['a', 'b', 'c'][at % 3] as string));
    expect((await results(thousand)).every(({ status }) => status === 200)).toBe(true);
    const { status, body } = await plane.send('POST', '/heartbeats', { items: [...thousand, beat('a')] });
    expect([status, body['errors']]).toMatchObject([422, [{ pointer: '/items' }]]);
  });

  it('takes no beats too', async () => {
    expect(await results([])).toEqual([]);
  });

  it('reads a body of 1 MiB, and no larger one', async () => {
    const padded = (bytes: number): string => {
      const frame = JSON.stringify({ items: [beat('a', { pad: '' })] });
      return frame.replace('"pad":""', `"pad":"${'x'.repeat(bytes - frame.length)}"`);
    };
    expect((await plane.send('POST', '/heartbeats', padded(2 ** 20))).status).toBe(200);
    const { status, body } = await plane.send('POST', '/heartbeats', padded(2 ** 20 + 1));
    expect([status, body['code']]).toEqual([413, 'body-too-large']);
  });

  it.each([
    ['no items', {}, '/items'],
    ['items that are no list', { items: {} }, '/items'],
    ['a list', [], ''],
    ['null', 'null', ''],
  ])('refuses %s as a whole', async (_what, body, pointer) => {
    const answer = await plane.send('POST', '/heartbeats', body);
    expect([answer.status, answer.body['errors']]).toMatchObject([422, [{ pointer }]]);
  });

  it('passes an order to drain on to the provider that it is for, and to no other', async () => {
    await plane.send('POST', '/providers/b/drain');
    expect((await results([beat('a'), beat('b')])).map(({ directive }) => directive)).toEqual([
      undefined,
      'drain',
    ]);
  });
});
