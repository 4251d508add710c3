import { VitalsError } from '@vitals/core/errors';
import { ManualClock } from '@vitals/core/time';
import { ChangeFollower } from './change.follower.js';
import type { Database } from './database.js';
import type { Journal } from './journal.js';
import { ReadAge } from './read.age.js';

/** A log of changes whose reads end when a test says so. */
class Reads {
  count = 0;
  /** What becomes of each read; by default it succeeds at once. */
  read: () => Promise<void> = () => Promise.resolve();

  follow(): Promise<void> {
    this.count++;
    return this.read();
  }
}

const away = new VitalsError('store-unavailable', 'the database cannot be reached; try again');

describe('Whoever follows the changes of others', () => {
  let clock: ManualClock;
  let reads: Reads;
  let follower: ChangeFollower;

  const follow = (isShared = true): ChangeFollower =>
    new ChangeFollower(reads as unknown as Journal, { isShared } as Database, clock);

  beforeEach(() => {
    clock = new ManualClock();
    reads = new Reads();
    follower = follow();
  });

  /** Reads end one by one. */
  const held = (): { readonly ends: (() => void)[] } => {
    const ends: (() => void)[] = [];
    reads.read = () => new Promise((resolve) => ends.push(resolve));
    return { ends };
  };

  it('reads every half second, and at once when it is woken', async () => {
    follower.onApplicationBootstrap();
    await clock.advance(1_000);
    expect(reads.count).toBe(3);
    await clock.advance(100);
    follower.wake();
    await clock.advance(0);
    expect([reads.count, follower.lagMs]).toEqual([4, 0]);
  });

  it('reads nothing where nobody shares the database, and is never behind', async () => {
    follower = follow(false);
    follower.onApplicationBootstrap();
    await clock.advance(5_000);
    await follower.caughtUp();
    expect([reads.count, follower.lagMs]).toEqual([0, 0]);
  });

  it('counts the age of memory from the beginning of the last read that succeeded', async () => {
    const { ends } = held();
    follower.wake();
    await clock.advance(300);
    ends[0]?.();
    await clock.advance(50);
    expect(follower.lagMs).toBe(350);
  });

  it('has whoever waits wait for a read that begins after the call, one for all', async () => {
    const { ends } = held();
    follower.wake();
    const done: string[] = [];
    for (const name of ['a', 'b', 'c']) void follower.caughtUp().then(() => done.push(name));
    await clock.settle();
    ends[0]?.();
    await clock.settle();
    expect([done, reads.count]).toEqual([[], 2]);
    ends[1]?.();
    await clock.settle();
    expect([done, reads.count]).toEqual([['a', 'b', 'c'], 2]);
  });

  it('does not run hot while the database is away, however often it is woken and asked', async () => {
    reads.read = () => Promise.reject(away);
    follower.wake();
    for (let ms = 0; ms < 10_000; ms++) {
      follower.wake();
      await expect(follower.caughtUp()).rejects.toBe(away);
      await clock.advance(1);
    }
    // at 0, after 250 and 500 and 1,000 ms, and then every two seconds
    expect(reads.count).toBe(8);
    expect(follower.lagMs).toBe(10_000);
  });

  it('is up to date at the first read that succeeds again', async () => {
    reads.read = () => Promise.reject(away);
    follower.wake();
    await clock.advance(200);
    reads.read = () => Promise.resolve();
    await clock.advance(60);
    expect([reads.count, follower.lagMs]).toEqual([2, 10]);
    await follower.caughtUp();
    expect(reads.count).toBe(3);
  });

  it('lets nobody wait who began to during a read that failed', async () => {
    let fail = (_error: Error): void => undefined;
    reads.read = () => new Promise((_resolve, reject) => (fail = reject));
    follower.wake();
    const waited = follower.caughtUp();
    fail(away);
    await expect(waited).rejects.toBe(away);
    expect(reads.count).toBe(1);
  });

  it('lets nobody wait at the end', async () => {
    held();
    follower.wake();
    const waited = follower.caughtUp();
    follower.stop();
    await expect(waited).rejects.toMatchObject({ code: 'store-unavailable' });
    await expect(follower.caughtUp()).rejects.toMatchObject({ code: 'store-unavailable' });
    await clock.advance(5_000);
    expect(reads.count).toBe(1);
  });

  it('is one of those by which the age of an answer is told: the oldest counts', async () => {
    const age = new ReadAge({ isShared: true } as Database, follower);
    expect(age.ms).toBe(0);
    await clock.advance(200);
    expect(age.ms).toBe(200);
    age.add(() => 300.2);
    expect(age.ms).toBe(301);
    expect(new ReadAge({ isShared: false } as Database, follower).ms).toBeUndefined();
  });
});
