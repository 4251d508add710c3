import { IntervalPolicy } from '@vitals/core/lease';
import { VitalsError } from '@vitals/core/errors';
import { HeartbeatOutbox } from './heartbeat.outbox.js';
import { FollowedHeartbeats } from './followed.heartbeats.js';
import type { Following } from '../../cluster/cluster-log.js';
import { OperationsService } from '../../providers/operations.service.js';
import { LEASES } from '../../providers/provider.rows.js';
import { ClusterFixture, type InstanceFixture } from '../../../test/cluster-fixture.js';

let cluster: ClusterFixture;
let a: InstanceFixture;
let b: InstanceFixture;

/** Longer than the bound of the defaults on a cluster of four partitions, in milliseconds. */
const SILENCE_MS = 50_000;
const AWAY = new VitalsError('store-unavailable', 'away');

const told = (): string[] => cluster.recorded.map(({ subject, from, to }) => `${subject}: ${from} → ${to}`);
const stored = () => a.database.rows(LEASES).find(({ key }) => key === a.provider('vm-1').key);

beforeEach(async () => {
  cluster = await ClusterFixture.of(2);
  [a, b] = cluster.instances as [InstanceFixture, InstanceFixture];
  await a.register('vm-1');
  await cluster.pass(1_000);
});

describe('The return of a provider', () => {
  it('is decided by its owner if whoever takes its heartbeats cannot know that it was found silent', async () => {
    await b.beat('vm-1');
    await cluster.pass(1_000);
    b.database.cutOff = AWAY;
    await cluster.pass(SILENCE_MS);
    expect(told()).toEqual(['vm-1: Unknown → Available', 'vm-1: Available → Unavailable']);
    for (let beats = 0; beats < 3; beats++) {
      expect(await b.beat('vm-1')).toBeTypeOf('number');
      await cluster.pass(10_000);
    }
    expect(told().slice(2)).toEqual(['vm-1: Unavailable → Available']);
  });

  it('waits for the database as long as it is away, and is decided once', async () => {
    for (const each of [a, b]) each.database.cutOff = AWAY;
    for (let beats = 0; beats < 4; beats++) {
      expect(await b.beat('vm-1')).toBe('store-unavailable');
      await cluster.pass(10_000);
    }
    for (const each of [a, b]) each.database.cutOff = undefined;
    await cluster.pass(3_000);
    await Promise.all([a.beat('vm-1'), b.beat('vm-1')]);
    await cluster.pass(10_000);
    expect(told()).toEqual(['vm-1: Unknown → Available']);
  });
});

describe('An acknowledgement', () => {
  it('of a longer interval than a takeover would assume is given by no later heartbeat before it is durable', async () => {
    await a.beat('vm-1');
    await cluster.pass(10_000);
    vi.spyOn(a.plane.get(IntervalPolicy), 'longestMs').mockReturnValue(30_000);
    a.database.cutOff = AWAY;
    for (let beats = 0; beats < 2; beats++) {
      expect(await a.beat('vm-1')).toBe('store-unavailable');
      await cluster.pass(10_000);
    }
    a.database.cutOff = undefined;
    await cluster.pass(3_000);
    expect(await a.beat('vm-1')).toBeTypeOf('number');
    expect(stored()?.advertisedMs).toBe(30_000);
  });

  it('of a phase holds, also if the one before is just being written', async () => {
    await a.beat('vm-1', 'Ready');
    await cluster.pass(10_000);
    const first = a.beat('vm-1', 'NotReady');
    cluster.clock.jump(1);
    const answers = await Promise.all([first, a.beat('vm-1', 'Ready')]);
    await cluster.pass(1_000);
    expect([...answers, stored()?.phase]).toEqual([expect.any(Number), expect.any(Number), 'Ready']);
  });

  it('is not given to a heartbeat whose registration is replaced meanwhile', async () => {
    b.database.cutOff = AWAY;
    await a.plane.done(a.plane.get(OperationsService).remove('vm-1'));
    await a.register('vm-1');
    b.database.cutOff = undefined;
    expect(await b.beat('vm-1')).toBe('store-unavailable');
    expect(await b.beat('vm-1')).toBeTypeOf('number');
    await cluster.pass(1_000);
    expect(a.lease('vm-1').availability).toBe('Available');
  });

  it('is not given after the farewell: nobody would give its provider a full deadline', async () => {
    const outbox = b.plane.get(HeartbeatOutbox);
    expect(outbox.admit(0)).toBe(true);
    await b.plane.done(outbox.end());
    expect([outbox.admit(0), await b.beat('vm-1')]).toEqual([false, 'store-unavailable']);
    const written = cluster.topics.of('heartbeats', 0).records.length;
    outbox.start();
    await cluster.clock.advance(1_000);
    const own = cluster.topics.of('heartbeats', 0).records.slice(written);
    expect(own.filter(({ key }) => String(key) === 'b')).toEqual([]);
  });
});

describe('The age of what was read of the log', () => {
  it('is a number also while there is more to read, and grows', async () => {
    const heartbeats = b.plane.get(FollowedHeartbeats);
    const { following } = heartbeats as unknown as { following: Following };
    expect(heartbeats.lagMs).toBe(0);
    const progress = following.progress(0);
    vi.spyOn(following, 'progress').mockReturnValue({ position: 0, lag: 1, asOfMs: progress?.asOfMs ?? 0 });
    await cluster.clock.advance(2_000);
    expect(heartbeats.lagMs).toBeGreaterThanOrEqual(1_500);
    expect(heartbeats.lagMs).toBeLessThanOrEqual(2_500);
  });
});
