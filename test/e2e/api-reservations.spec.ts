import { TestControlPlane } from '../support/control-plane.js';

describe('Calls about one reservation at the same time', () => {
  let plane: TestControlPlane;
  beforeAll(async () => {
    plane = await TestControlPlane.start();
    await plane.register('p1', { metadata: { resources: { total_cpu: 64 } } });
    await plane.beat('p1');
  });
  afterAll(() => plane.stop());

  const reserve = async (): Promise<string> => {
    const body = { requirement: { cpu: 1 }, ttl_seconds: 60 };
    return `/placement/reservations/${String((await plane.send('POST', '/placement/reservations', body)).body['id'])}`;
  };
  const statuses = async (calls: readonly (readonly [method: string, path: string])[]): Promise<number[]> =>
    (await Promise.all(calls.map(([method, path]) => plane.send(method, path)))).map(({ status }) => status);

  it('confirm it, however many there are', async () => {
    const path = await reserve();
    const calls = Array.from({ length: 8 }, () => ['POST', `${path}/confirm`] as const);
    expect(await statuses(calls)).toEqual(Array.from({ length: 8 }, () => 200));
  });

  it('release it once, and find none after that', async () => {
    const path = await reserve();
    const calls = Array.from({ length: 8 }, () => ['DELETE', path] as const);
    expect((await statuses(calls)).toSorted((a, b) => a - b)).toEqual([
      204,
      ...Array.from({ length: 7 }, () => 404),
    ]);
  });

  it('confirm it or find it released, and nothing else', async () => {
    const path = await reserve();
    const [confirmed, released, again] = await statuses([
      ['POST', `${path}/confirm`],
      ['DELETE', path],
      ['POST', `${path}/confirm`],
    ]);
    expect([200, 404]).toContain(confirmed);
    expect([200, 404]).toContain(again);
    expect(released).toBe(204);
  });
});
