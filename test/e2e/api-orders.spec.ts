import { TestControlPlane } from '../support/control-plane.js';

describe('Orders to a provider', () => {
  let plane: TestControlPlane;
  beforeAll(async () => (plane = await TestControlPlane.start()));
  afterAll(() => plane.stop());

  const order = async (method: string, path: string): Promise<number> =>
    (await plane.send(method, `/providers/${path}`)).status;
  const status = async (name: string): Promise<object> =>
    (await plane.send('GET', `/providers/${name}/status`)).body;
  const directive = async (name: string): Promise<string | null> =>
    (await plane.beat(name)).headers.get('vitals-directive');

  it('cordon takes it out of placement, and back, however often it is said', async () => {
    await plane.register('p1');
    await plane.beat('p1');
    expect([await order('PUT', 'p1/cordon'), await order('PUT', 'p1/cordon')]).toEqual([204, 204]);
    expect(await status('p1')).toMatchObject({
      cordoned: true,
      placeable: false,
      availability: 'Available',
      drain_requested: false,
    });
    expect([await order('DELETE', 'p1/cordon'), await order('DELETE', 'p1/cordon')]).toEqual([204, 204]);
    expect(await status('p1')).toMatchObject({ cordoned: false, placeable: true });
  });

  it('cordon outlasts a registration, for the operator meant the machine', async () => {
    await plane.register('p2');
    await order('PUT', 'p2/cordon');
    await plane.register('p2');
    await plane.beat('p2');
    expect(await status('p2')).toMatchObject({ cordoned: true, placeable: false });
  });

  it('drain asks it with every answer, and takes it out of placement, until it is uncordoned', async () => {
    await plane.register('p3');
    expect(await directive('p3')).toBeNull();
    const { status: asked, body } = await plane.send('POST', '/providers/p3/drain');
    expect([asked, body]).toMatchObject([202, { cordoned: true, drain_requested: true, placeable: false }]);
    expect([await directive('p3'), await directive('p3')]).toEqual(['drain', 'drain']);
    expect(await order('DELETE', 'p3/cordon')).toBe(204);
    expect([await directive('p3'), await status('p3')]).toMatchObject([
      null,
      { cordoned: false, drain_requested: false, placeable: true },
    ]);
  });

  it('drain is asked of one instance: its successor is not asked, and stays cordoned', async () => {
    await plane.register('p4');
    await order('POST', 'p4/drain');
    await plane.register('p4');
    expect([await directive('p4'), await status('p4')]).toMatchObject([
      null,
      { cordoned: true, drain_requested: false },
    ]);
  });

  it('say so if there is no such provider', async () => {
    const calls = [
      ['PUT', 'nobody/cordon'],
      ['DELETE', 'nobody/cordon'],
      ['POST', 'nobody/drain'],
    ] as const;
    for (const [method, path] of calls) expect(await order(method, path)).toBe(404);
    expect(await order('PUT', 'NO%20BODY/cordon')).toBe(422);
  });
});
