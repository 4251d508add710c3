import { ADMIN, beatOf, SecuredControlPlane } from '../support/secured.js';

const slow = { VITALS_RATE_LIMIT: '1', VITALS_RATE_BURST: '5' };
let secured: SecuredControlPlane;

beforeEach(async () => (secured = await SecuredControlPlane.start(slow)));
afterEach(() => secured.stop());

describe('The rate of an identity', () => {
  it('is limited: 429 with Retry-After, on Node and on Nest, and others are not kept waiting', async () => {
    const [noisy, quiet] = [await secured.register('noisy'), await secured.register('quiet')];
    const answers = await Promise.all(Array.from({ length: 60 }, () => secured.beat(noisy, 'noisy')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThan(15);
    expect(refused.length).toBeGreaterThan(45);
    expect([refused[0]?.type, refused[0]?.headers.get('retry-after'), refused[0]?.body['code']]).toEqual([
      'application/problem+json; charset=utf-8',
      '1',
      'rate-limited',
    ]);
    const reads = await Promise.all(
      Array.from({ length: 30 }, () => secured.ask(noisy, 'GET', '/providers/noisy')),
    );
    const late = reads.filter(({ status }) => status === 429);
    expect(late.length).toBeGreaterThan(15);
    expect(late[0]?.headers.get('retry-after')).toBe('1');
    expect((await secured.beat(quiet, 'quiet')).status).toBe(200);
    expect((await secured.ask(ADMIN, 'GET', '/providers/noisy/status')).status).toBe(200);
  });

  it('counts a batch as one request, whatever it holds', async () => {
    await secured.register('west-1');
    const { token } = await secured.give({ kind: 'gateway', names: ['west-*'] });
    const items = Array.from({ length: 1_000 }, () => ({ name: 'west-1', ...beatOf() }));
    for (let batch = 0; batch < 5; batch++) {
      const { status, body } = await secured.ask(token, 'POST', '/heartbeats', { items });
      expect([status, (body['results'] as object[]).length]).toEqual([200, 1_000]);
    }
  });

  it('is not limited for strangers: what they show is known to nobody', async () => {
    for (let guess = 0; guess < 20; guess++)
      expect((await secured.beat(`vp.noisy.${guess}`, 'noisy')).status).toBe(401);
  });
});
