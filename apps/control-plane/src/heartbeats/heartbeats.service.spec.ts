import { away } from '../../test/memory.database.js';
import { HeartbeatsFixture } from '../../test/heartbeats-fixture.js';
import type { BeatAnswer } from './heartbeats.service.js';

const DAY_MS = 86_400_000;
let fixture: HeartbeatsFixture;

beforeEach(async () => {
  fixture = await HeartbeatsFixture.ready();
});

/** What the provider said last, as it is known in memory. */
function said(): object {
  const { phase, reportedAtMs } = fixture.provider;
  return { phase, reportedAtMs };
}

describe('HeartbeatsService', () => {
  it('acknowledges a beat that changes nothing at once, and writes it within a second', async () => {
    await fixture.pass(10_000);
    const heardAtMs = fixture.clock.wallMs();
    expect(fixture.take('Ready')).toEqual({ nextIntervalSeconds: 10, durable: undefined });
    await fixture.pass(1_000);
    expect(fixture.storedReport).toMatchObject({ heardAtMs, phase: 'Ready' });
  });

  it.each([-DAY_MS, -30_001, -30_000, -1, 0, 1, DAY_MS])(
    'renews the lease by the time of receipt when the timestamp is %d ms ahead',
    async (aheadMs) => {
      await fixture.pass(20_000);
      fixture.take('Ready', aheadMs);
      expect(fixture.remainingMs).toBe(36_000);
      expect(fixture.provider.heardAtMs).toBe(fixture.clock.wallMs());
      expect(fixture.provider.clockSkewMs).toBe(aheadMs);
    },
  );

  it.each([-1, -29_999, -30_000])(
    'does not take what a beat says that was overtaken, %d ms behind the last',
    async (behindMs) => {
      const before = said();
      const answer = fixture.take('NotReady', behindMs, { resources: { cpu: 1 }, capabilities: [] });
      expect(await fixture.settled(answer)).toBe('at once');
      expect(said()).toEqual(before);
      expect(fixture.provider.heardAtMs).toBe(fixture.clock.wallMs());
      expect(fixture.provider.info).toMatchObject({ capacity: { cpu: 8 }, capabilities: ['gpu'] });
    },
  );

  it.each([0, 1, -30_001, -DAY_MS])(
    'takes what a beat says that is %d ms ahead of the last: its clock is the one that counts',
    async (aheadMs) => {
      expect(await fixture.settled(fixture.take('NotReady', aheadMs))).toBe('durable');
      expect(fixture.provider).toMatchObject({
        phase: 'NotReady',
        reportedAtMs: fixture.clock.wallMs() + aheadMs,
      });
    },
  );

  it.each([
    ['of an earlier generation', { generation: 1 }, 'generation-stale'],
    ['of a generation to come', { generation: 3 }, 'generation-stale'],
    ['whose timestamp is none', { timestamp: 'yesterday' }, 'request-invalid'],
    ['with an amount that is none', { resources: { cpu: 'many' } }, 'request-invalid'],
  ])('refuses a beat %s as a whole', async (_what, more, code) => {
    await fixture.pass(10_000);
    const [before, leftMs] = [said(), fixture.remainingMs];
    expect(() => fixture.take('NotReady', 0, more)).toThrow(expect.objectContaining({ code }));
    expect([said(), fixture.remainingMs]).toEqual([before, leftMs]);
  });

  it('takes a beat of the generation that is registered', () => {
    expect(fixture.take('Ready', 0, { generation: 2 }).nextIntervalSeconds).toBe(10);
  });

  it('holds the answer to the first beat back until the transition is durable', async () => {
    const fresh = await HeartbeatsFixture.registered();
    const release = fresh.store.hold();
    const answer = fresh.take('Ready');
    expect(await fresh.settled(answer)).toBe('waiting');
    release();
    expect(await fresh.settled(answer)).toBe('durable');
    expect(fresh.recorded).toMatchObject([{ from: 'Unknown', to: 'Available' }]);
  });

  it('takes resources and capabilities once they are durable, and unchanged ones at once', async () => {
    const news = { resources: { memory: '1KB' }, capabilities: ['gpu', 'tpu'] };
    fixture.store.failures.push(away());
    expect(await fixture.settled(fixture.take('Ready', 0, news))).toBe('store-unavailable');
    expect(fixture.provider.info).toMatchObject({ capacity: { cpu: 8 }, capabilities: ['gpu'] });
    expect(await fixture.settled(fixture.take('Ready', 0, news))).toBe('durable');
    expect(fixture.provider.info.capacity).toMatchObject({ cpu: 8, memory: expect.any(Number) });
    expect(fixture.storedInfo).toEqual(fixture.provider.info);
    expect(await fixture.settled(fixture.take('Ready', 0, news))).toBe('at once');
  });

  it.each([
    ['none any more', []],
    ['others', ['tpu']],
    ['more', ['gpu', 'tpu']],
  ])('takes capabilities that come alone, %s, once they are durable', async (_what, capabilities) => {
    expect(await fixture.settled(fixture.take('Ready', 0, { capabilities }))).toBe('durable');
    expect(fixture.provider.info).toMatchObject({ capacity: { cpu: 8 }, capabilities });
    expect(fixture.storedInfo).toEqual(fixture.provider.info);
    expect(await fixture.settled(fixture.take('Ready', 0, { capabilities }))).toBe('at once');
  });

  it.each([
    ['capabilities', { capabilities: [] }, { capabilities: ['gpu'] }],
    ['resources', { resources: { cpu: 1 } }, { resources: { cpu: 8 } }],
  ])(
    'ends opposite %s in the last ones when they come while the first are being written',
    async (_what, first, last) => {
      const release = fixture.store.hold();
      const answers = [fixture.take('Ready', 0, first)];
      await fixture.settled(answers[0] as BeatAnswer);
      answers.push(fixture.take('Ready', 0, last));
      release();
      for (const answer of answers) expect(await fixture.settled(answer)).toBe('durable');
      expect(fixture.storedInfo).toMatchObject({ capacity: { cpu: 8 }, capabilities: ['gpu'] });
    },
  );
});
