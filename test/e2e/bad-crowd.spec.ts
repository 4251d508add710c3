import { registration, TestControlPlane } from '../support/control-plane.js';

describe('One client that registers without end', () => {
  it('is stopped at VITALS_MAX_PROVIDERS with a 503; those that are registered go on', async () => {
    const plane = await TestControlPlane.start({ VITALS_MAX_PROVIDERS: '5' });
    const statuses = [];
    for (let index = 0; index < 8; index++) statuses.push((await plane.register(`p${index}`)).status);
    expect(statuses).toEqual([201, 201, 201, 201, 201, 503, 503, 503]);
    const refused = await plane.send('PUT', '/providers/p9', registration('p9'));
    expect([refused.status, refused.headers.get('retry-after'), refused.body['code']]).toEqual([
      503,
      '1',
      'overloaded',
    ]);
    expect([(await plane.register('p1')).status, (await plane.beat('p1')).status]).toEqual([200, 200]);
    await plane.send('DELETE', '/providers/p2');
    expect((await plane.register('p9')).status).toBe(201);
    await plane.stop();
  });
});
