import { registration, TestControlPlane } from '../support/control-plane.js';

describe('a first registration whose answer was lost', () => {
  let plane: TestControlPlane;
  beforeAll(async () => {
    plane = await TestControlPlane.start({
      VITALS_ADMIN_TOKEN: 'the-administrator',
      VITALS_REGISTRATION_TOKEN: 'the-registrar-token',
    });
  });
  afterAll(() => plane.stop());

  async function send(
    method: string,
    path: string,
    token: string,
    body: object,
  ): Promise<{ status: number; token: string }> {
    const answer = await fetch(plane.url + path, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    const { token: told = '' } = (await answer.json()) as { token?: string };
    return { status: answer.status, token: told };
  }

  it('can be repeated by who made it, with the same id, until a token of the name is used', async () => {
    const register = (id = 'mine'): ReturnType<typeof send> =>
      send('POST', `/providers?id=${id}`, 'the-registrar-token', registration('p'));
    const beat = (token: string): ReturnType<typeof send> =>
      send('PUT', '/providers/p/status', token, { timestamp: new Date().toISOString(), phase: 'Ready' });
    const first = await register();
    const second = await register();
    const third = await register();
    expect([first.status, second.status, third.status]).toEqual([201, 200, 200]);
    expect((await register('another')).status).toBe(403);
    expect((await send('POST', '/providers', 'the-registrar-token', registration('p'))).status).toBe(403);
    expect((await beat(first.token)).status).toBe(401);
    expect((await beat(third.token)).status).toBe(200);
    expect((await register()).status).toBe(403);
    expect((await beat(third.token)).status).toBe(200);
  });
});
