import { TestControlPlane } from '../../../../../test/support/control-plane.js';

const TTL = { type: 'ttl' };
let plane: TestControlPlane;

beforeAll(async () => {
  plane = await TestControlPlane.start();
});
afterAll(() => plane.stop());

async function depend(id: string, parent: string): Promise<number> {
  return (await plane.send('PUT', `/checks/${id}`, { ...TTL, parent })).status;
}

describe('Parents that are given at the same time', () => {
  it.each([2, 3, 5])(
    'never make a circle of %d checks, in which nobody would be told of anybody',
    async (size) => {
      const ids = Array.from({ length: size }, (_, index) => `check-${size}-${index}`);
      for (const id of ids) await plane.send('PUT', `/checks/${id}`, TTL);
      const answers = await Promise.all(
        ids.map((id, index) => depend(id, ids[(index + 1) % size] as string)),
      );
      expect(answers.filter((status) => status === 200)).toHaveLength(size - 1);
      expect(answers.filter((status) => status === 422)).toHaveLength(1);
    },
  );

  it('make no circle with a parent that is being taken away either, for it may stay', async () => {
    for (const id of ['upper', 'lower']) await plane.send('PUT', `/checks/${id}`, TTL);
    await depend('lower', 'upper');
    const answers = await Promise.all([plane.send('PUT', '/checks/lower', TTL), depend('upper', 'lower')]);
    expect(answers).toEqual([expect.objectContaining({ status: 200 }), 422]);
    expect(await depend('upper', 'lower')).toBe(200);
  });
});
