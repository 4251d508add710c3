import { VitalsError } from '@vitals/core/errors';
import { ManualClock } from '@vitals/core/time';
import { AppendQueue } from './append.queue.js';

const APPEND_MS = 5_000;
const MAX_BYTES = 10_000;

describe('AppendQueue', () => {
  let clock: ManualClock;
  let queue: AppendQueue;
  let settled: string[];

  beforeEach(() => {
    clock = new ManualClock();
    settled = [];
    queue = new AppendQueue(clock, APPEND_MS, 100, () => new VitalsError('store-unavailable', 'away'));
  });

  const add = (name: string, partition = 0, bytes = 8): void => {
    const value = 'x'.repeat(bytes);
    void queue.add('t', partition, [{ key: name, value }], MAX_BYTES).then(
      () => settled.push(`${name} done`),
      (error: VitalsError) => settled.push(`${name} ${error.code}`),
    );
  };

  const keys = (): string[] =>
    queue.batches().map(({ key, records }) => `${key} ${records.map((record) => record.key).join()}`);

  it('makes one batch of what waits for a partition, in order', () => {
    add('a');
    add('b', 1);
    add('c');
    expect(keys()).toEqual(['t:0 a,c', 't:1 b']);
  });

  it('gives the same batch until it is settled, and then what came meanwhile', async () => {
    add('a');
    const [batch] = queue.batches();
    add('b');
    expect(queue.batches()).toEqual([batch]);
    queue.done(batch!);
    expect(keys()).toEqual(['t:0 b']);
    await clock.advance(0);
    expect(settled).toEqual(['a done']);
  });

  it('splits what would be too long for a batch, between appends', () => {
    add('a', 0, 50);
    add('b', 0, 50);
    expect(keys()).toEqual(['t:0 a']);
  });

  it('has nothing when all is settled', () => {
    add('a');
    queue.done(queue.batches()[0]!);
    expect(queue.batches()).toEqual([]);
    expect(queue.isEmpty).toBe(true);
  });

  it('rejects an append that waited too long, and never sends it if it was not', async () => {
    add('a');
    await clock.advance(APPEND_MS);
    expect(settled).toEqual(['a store-unavailable']);
    expect(queue.batches()).toEqual([]);
    expect(queue.sweep()).toBe(false);
  });

  it('abandons a batch that was sent and for which nobody waits, and all others that were sent', async () => {
    add('a');
    for (const batch of queue.batches()) batch.isSent = true;
    await clock.advance(APPEND_MS - 1);
    add('b', 1);
    for (const batch of queue.batches()) batch.isSent = true;
    add('c', 2);
    expect(queue.sweep()).toBe(false);
    await clock.advance(1);
    expect(queue.sweep()).toBe(true);
    await clock.advance(0);
    expect(settled).toEqual(['a store-unavailable', 'b store-unavailable']);
    expect(keys()).toEqual(['t:2 c']);
    expect(queue.sweep()).toBe(false);
  });

  it('keeps a batch for which one of several still waits', async () => {
    add('a');
    await clock.advance(1);
    add('b');
    for (const batch of queue.batches()) batch.isSent = true;
    await clock.advance(APPEND_MS - 1);
    expect(settled).toEqual(['a store-unavailable']);
    expect(queue.sweep()).toBe(false);
    expect(keys()).toEqual(['t:0 a,b']);
  });

  it('refuses what is too long for any batch', async () => {
    add('a', 0, MAX_BYTES);
    await clock.advance(0);
    expect(settled).toEqual(['a body-too-large']);
  });

  it('refuses more than memory can hold, and takes more when that is settled', async () => {
    const value = Buffer.alloc(MAX_BYTES - 100);
    const waiting = Array.from({ length: 7_000 }, () => queue.add('t', 0, [{ key: 'k', value }], MAX_BYTES));
    const outcomes = Promise.allSettled(waiting);
    add('a', 0, MAX_BYTES - 100);
    await clock.advance(0);
    expect(settled).toEqual(['a store-unavailable']);
    await clock.advance(APPEND_MS);
    await outcomes;
    add('b');
    expect(keys()).toEqual(['t:0 b']);
  });

  it('rejects everything when it is closed, and whatever comes later', async () => {
    add('a');
    queue.close(new VitalsError('store-unavailable', 'ends'));
    add('b');
    await clock.advance(0);
    expect(settled).toEqual(['a store-unavailable', 'b store-unavailable']);
    expect(queue.isEmpty).toBe(true);
  });
});
