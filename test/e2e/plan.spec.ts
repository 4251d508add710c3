import { requestPlan } from '../../apps/control-plane/src/cli/plan.command.js';
import { TestControlPlane } from '../support/control-plane.js';

const ADMIN = 'admin-token-of-this-test';

let plane: TestControlPlane;

beforeAll(async () => {
  plane = await TestControlPlane.start({ VITALS_ADMIN_TOKEN: ADMIN });
});

afterAll(() => plane.stop());

describe('The dry run, with a control plane', () => {
  it('is told the plan', async () => {
    const document = { checks: [{ id: 'db', name: 'Database', type: 'ttl', interval: '10s' }] };
    const answer = await requestPlan(document, { controlPlane: plane.url, token: ADMIN });
    expect(answer).toMatchObject({ plan: { create: [{ kind: 'check', id: 'db' }], unchanged: 0 } });
  });

  it('is told what is wrong with the document', async () => {
    const answer = await requestPlan({ checks: 1 }, { controlPlane: plane.url, token: ADMIN });
    expect(answer).toMatchObject({ faults: [{ pointer: '/checks' }] });
  });

  it.each([undefined, 'no-such-token'])('is told that %s is no token for that', async (token) => {
    const asking = requestPlan({}, { controlPlane: plane.url, token });
    await expect(asking).rejects.toThrow(/answered 401: .*; give an administrator's with --token/);
  });
});
