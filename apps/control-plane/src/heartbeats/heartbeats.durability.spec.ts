import { away } from '../../test/memory.database.js';
import { HeartbeatsFixture } from '../../test/heartbeats-fixture.js';

let fixture: HeartbeatsFixture;

beforeEach(async () => {
  fixture = await HeartbeatsFixture.ready();
});

function storedPhase(): string | undefined {
  return fixture.storedReport?.phase;
}

describe('HeartbeatsService, durability', () => {
  it('acknowledges a changed phase only when it is durable', async () => {
    const release = fixture.store.hold();
    const answer = fixture.take('Maintenance');
    expect([await fixture.settled(answer), storedPhase()]).toEqual(['waiting', 'Ready']);
    release();
    expect([await fixture.settled(answer), storedPhase()]).toEqual(['durable', 'Maintenance']);
  });

  it('ends concurrent opposite phases in the last one', async () => {
    const answers = [fixture.take('NotReady'), fixture.take('Ready')];
    for (const answer of answers) expect(await fixture.settled(answer)).toBe('durable');
    expect([fixture.provider.phase, storedPhase()]).toEqual(['Ready', 'Ready']);
    expect(await fixture.settled(fixture.take('Ready'))).toBe('at once');
  });

  it('ends opposite phases in the last one when it comes while the first is being written', async () => {
    const release = fixture.store.hold();
    const first = fixture.take('NotReady');
    await fixture.settled(first);
    const second = fixture.take('Ready');
    expect(await fixture.settled(second)).toBe('waiting');
    release();
    expect(await fixture.settled(first)).toBe('durable');
    expect(await fixture.settled(second)).toBe('durable');
    expect(storedPhase()).toBe('Ready');
  });

  it('holds the next unchanged beat back while a phase is unwritten', async () => {
    fixture.store.failures.push(away(), away());
    expect(await fixture.settled(fixture.take('NotReady'))).toBe('store-unavailable');
    expect(await fixture.settled(fixture.take('NotReady'))).toBe('store-unavailable');
    expect([await fixture.settled(fixture.take('NotReady')), storedPhase()]).toEqual(['durable', 'NotReady']);
    expect(await fixture.settled(fixture.take('NotReady'))).toBe('at once');
  });

  it('holds a beat back that takes a failed change of phase back', async () => {
    fixture.store.failures.push(away());
    expect(await fixture.settled(fixture.take('NotReady'))).toBe('store-unavailable');
    expect(await fixture.settled(fixture.take('Ready'))).toBe('durable');
    expect(storedPhase()).toBe('Ready');
  });

  it('holds the next beat back when, of a phase that came and went and came, only the last write failed', async () => {
    const release = fixture.store.hold();
    const first = fixture.take('NotReady');
    await fixture.settled(first);
    const [, last] = [fixture.take('Ready'), fixture.take('NotReady')];
    const blame = new Error('blamed');
    fixture.store.failures.push(undefined, blame, undefined, blame);
    release();
    expect(await fixture.settled(first)).toBe('durable');
    expect([await fixture.settled(last), storedPhase()]).toEqual(['failed', 'Ready']);
    expect([await fixture.settled(fixture.take('NotReady')), storedPhase()]).toEqual(['durable', 'NotReady']);
  });

  it('holds a beat back while a transition of before it is not durable', async () => {
    const fresh = await HeartbeatsFixture.registered();
    fresh.store.failures.push(away(), away());
    expect(await fresh.settled(fresh.take('Ready'))).toBe('store-unavailable');
    expect(await fresh.settled(fresh.take('Ready'))).toBe('store-unavailable');
    expect(await fresh.settled(fresh.take('Ready'))).toBe('durable');
    expect(fresh.recorded).toMatchObject([{ from: 'Unknown', to: 'Available' }]);
    expect(await fresh.settled(fresh.take('Ready'))).toBe('at once');
  });

  it('writes what was refused as soon as the database is back, without another beat', async () => {
    fixture.store.failures.push(away(), away());
    expect(await fixture.settled(fixture.take('NotReady', 5))).toBe('store-unavailable');
    const { report } = fixture.provider;
    expect([report.phase, storedPhase()]).toEqual(['NotReady', 'Ready']);
    await fixture.pass(2_000);
    expect([fixture.store.failures, fixture.storedReport]).toMatchObject([[], report]);
  });
});
