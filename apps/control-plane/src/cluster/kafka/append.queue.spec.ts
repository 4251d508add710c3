import { VitalsError } from '@vitals/core/errors';
import { ManualClock } from '@vitals/core/time';
import { AppendQueue } from './append.queue.js';

const APPEND_MS = 5_000;
/** As many bytes as one append may have, and more than half of what a batch may. */
const LONG = 300 << 10;

describe('AppendQueue', () => {
  let clock: ManualClock;
  let queue: AppendQueue;
  let settled: string[];

  beforeEach(() => {
    clock = new ManualClock();
    settled = [];
    queue = new AppendQueue(clock, APPEND_MS, () => new VitalsError('store-unavailable', 'away'));
  });

  const add = (name: string, partition = 0, bytes = 8): void => {
    const value = 'x'.repeat(bytes);
    void queue.add('t', partition, [{ key: name, value }]).then(
      () => settled.push(`${name} done`),
      (error: VitalsError) => settled.push(`${name} ${error.code}`),
    );
  };

  const keys = (): string[] =>
    queue.batches().map(({ lane, records }) => `${lane.key} ${records.map((record) => record.key).join()}`);

  it('makes one batch of what waits for a partition, in order', () => {
    add('a');
    add('b', 1);
    add('c');
    expect(keys()).toEqual(['t:0 a,c', 't:1 b']);
  });

  it('gives the same batch until it is settled, and then what came meanwhile, with the next numbers', async () => {
    add('a');
    const [batch] = queue.batches();
    add('b');
    add('c');
    expect(queue.batches()).toEqual([batch]);
    queue.acknowledge(batch!);
    expect(keys()).toEqual(['t:0 b,c']);
    expect(batch!.lane.sequence).toBe(1);
    await clock.advance(0);
    expect(settled).toEqual(['a done']);
  });

  it('splits what would be too long for a batch, between appends', () => {
    add('a', 0, LONG);
    add('b', 0, LONG);
    expect(keys()).toEqual(['t:0 a']);
  });

  it('has nothing when all is settled', () => {
    add('a');
    queue.acknowledge(queue.batches()[0]!);
    expect(queue.batches()).toEqual([]);
    expect(queue.isEmpty).toBe(true);
  });

  it('rejects an append that waited too long, and never sends it if it was not', async () => {
    add('a');
    await clock.advance(APPEND_MS);
    expect(settled).toEqual(['a store-unavailable']);
    expect(queue.batches()).toEqual([]);
  });

  it('has another producer for a partition where something was given up that may have been appended', async () => {
    const producer = { id: 7n, epoch: 0 };
    add('a');
    add('b', 1);
    const [sent, unsent] = queue.batches();
    for (const { lane } of queue.batches()) lane.producer = producer;
    sent!.isSent = true;
    await clock.advance(APPEND_MS);
    expect(queue.batches()).toEqual([]);
    expect([sent!.lane.producer, sent!.lane.spent]).toEqual([undefined, producer]);
    expect(unsent!.lane.producer).toBe(producer);
  });

  it('takes no notice of an answer to a batch that was given up', async () => {
    add('a');
    const [late] = queue.batches();
    late!.isSent = true;
    await clock.advance(APPEND_MS);
    add('b');
    const [next] = queue.batches();
    queue.acknowledge(late!);
    queue.giveUp(late!);
    expect(queue.batches()).toEqual([next]);
    expect(next!.lane.sequence).toBe(0);
    await clock.advance(0);
    expect(settled).toEqual(['a store-unavailable']);
  });

  it('counts the partitions where something was given up, until something is acknowledged', async () => {
    add('a');
    add('b', 1);
    await clock.advance(APPEND_MS);
    expect(queue.failingCount).toBe(2);
    add('c');
    add('d', 1);
    const [batch, other] = queue.batches();
    queue.acknowledge(batch!);
    expect(queue.failingCount).toBe(1);
    queue.acknowledge(other!);
    expect(queue.failingCount).toBe(0);
  });

  it('does not count one where nothing waits any more, once anything is acknowledged', async () => {
    add('a');
    add('b', 1);
    await clock.advance(APPEND_MS);
    add('c');
    queue.acknowledge(queue.batches()[0]!);
    expect(queue.failingCount).toBe(0);
  });

  it('keeps a batch for which one of several still waits', async () => {
    add('a');
    await clock.advance(1);
    add('b');
    for (const batch of queue.batches()) batch.isSent = true;
    await clock.advance(APPEND_MS - 1);
    expect(settled).toEqual(['a store-unavailable']);
    expect(keys()).toEqual(['t:0 a,b']);
  });

  it('refuses what is too long for any batch', async () => {
    add('a', 0, 4 * LONG);
    await clock.advance(0);
    expect(settled).toEqual(['a body-too-large']);
  });

  it('refuses more than memory can hold, and takes more when that is settled', async () => {
    const value = Buffer.alloc(LONG);
    const waiting = Array.from({ length: 300 }, () => queue.add('t', 0, [{ key: 'k', value }]));
    const outcomes = Promise.allSettled(waiting);
    add('a', 0, LONG);
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
