import { VitalsError } from '../errors.js';
import { ManualClock } from '../time/manual-clock.js';
import { GroupCommit, type GroupCommitLimits } from './group-commit.js';

const GENEROUS: GroupCommitLimits = { maxBatch: 1_000, maxPending: 1_000 };

/** A store whose writes end when the test says so. */
function setUp(limits = GENEROUS) {
  const clock = new ManualClock();
  const writes: { items: readonly string[]; done: () => void; fail: (error: unknown) => void }[] = [];
  const write = (items: readonly string[]) =>
    new Promise<string[]>((resolve, reject) => {
      writes.push({ items, done: () => resolve(items.map((item) => item.toUpperCase())), fail: reject });
    });
  const commit = new GroupCommit<string, string>(clock, write, limits);
  return { clock, commit, writes, items: () => writes.map((one) => one.items) };
}

/** A store that writes at once, whatever `write` makes of it. */
function setUpStore(write: (items: readonly string[]) => Promise<readonly string[]>, limits = GENEROUS) {
  const clock = new ManualClock();
  return { clock, commit: new GroupCommit<string, string>(clock, write, limits) };
}

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

describe('GroupCommit', () => {
  it('writes what arrives together in one write, in the order of arrival', async () => {
    const { clock, commit, items } = setUp();
    for (const item of ['c', 'a', 'b']) void commit.add(item);
    expect(items()).toEqual([]);
    expect(commit.pending).toBe(3);
    await clock.advance(0);
    expect(items()).toEqual([['c', 'a', 'b']]);
    expect(commit.pending).toBe(0);
  });

  it('resolves only when the item is durable, each with its own result', async () => {
    const { clock, commit, writes } = setUp();
    const resolved: string[] = [];
    for (const item of ['a', 'b']) void commit.add(item).then((result) => resolved.push(result));
    await clock.advance(1_000);
    expect(resolved).toEqual([]);
    writes[0]?.done();
    await clock.advance(0);
    expect(resolved).toEqual(['A', 'B']);
  });

  it('runs one write at a time, and gathers meanwhile', async () => {
    const { clock, commit, writes, items } = setUp();
    void commit.add('a');
    await clock.advance(0);
    for (const item of ['b', 'c']) void commit.add(item);
    await clock.advance(1_000);
    expect(items()).toEqual([['a']]);
    writes[0]?.done();
    await clock.advance(0);
    expect(items()).toEqual([['a'], ['b', 'c']]);
  });

  it('writes no more than the batch limit at once', async () => {
    const sizes: number[] = [];
    const write = async (batch: readonly string[]) => (sizes.push(batch.length), batch);
    const { clock, commit } = setUpStore(write, { maxBatch: 4, maxPending: 100 });
    const all = Promise.all(Array.from({ length: 10 }, (_, index) => commit.add(String(index))));
    await clock.advance(0);
    expect(await all).toEqual(Array.from({ length: 10 }, (_, index) => String(index)));
    expect(sizes).toEqual([4, 4, 2]);
  });

  it('refuses what is beyond its bound, keeps nothing of it, and recovers', async () => {
    const { clock, commit, writes, items } = setUp({ maxBatch: 10, maxPending: 2 });
    const accepted = [commit.add('a'), commit.add('b')];
    await expect(commit.add('c')).rejects.toMatchObject({ code: 'overloaded', retryable: true });
    await clock.advance(0);
    writes[0]?.done();
    expect(await Promise.all(accepted)).toEqual(['A', 'B']);
    void commit.add('d');
    await clock.advance(0);
    expect(items()).toEqual([['a', 'b'], ['d']]);
  });

  it('rejects the whole batch if the store is away, keeps nothing of it, and goes on', async () => {
    const { clock, commit, writes, items } = setUp();
    const refused = ['a', 'b'].map((item) => outcome(commit.add(item)));
    await clock.advance(0);
    const next = commit.add('c');
    const away = new VitalsError('store-unavailable', 'disk full');
    writes[0]?.fail(away);
    expect(await Promise.all(refused)).toEqual([{ error: away }, { error: away }]);
    await clock.advance(0);
    writes[1]?.done();
    expect(await next).toBe('C');
    expect(items()).toEqual([['a', 'b'], ['c']]);
  });

  it.each([
    ['by a fault', new TypeError('poison')],
    ['for want of room, which may be tried again', new VitalsError('overloaded', 'there are too many')],
  ])('makes the item that is to blame fail alone: %s', async (_, poison) => {
    const stored: string[] = [];
    const { clock, commit } = setUpStore(async (items) => {
      if (items.includes('bad')) throw poison;
      stored.push(...items);
      return items;
    });
    const outcomes = Promise.all(['a', 'bad', 'b'].map((item) => outcome(commit.add(item))));
    await clock.advance(0);
    expect(await outcomes).toEqual([{ value: 'a' }, { error: poison }, { value: 'b' }]);
    expect(stored).toEqual(['a', 'b']);
  });

  it('takes a write that throws before it returns for a failed one', async () => {
    const { clock, commit } = setUpStore(() => {
      throw new VitalsError('store-unavailable', 'closed');
    });
    const refused = outcome(commit.add('a'));
    await clock.advance(0);
    expect(await refused).toMatchObject({ error: { code: 'store-unavailable' } });
  });

  it('drains: resolves when everything is durable or refused, at once if there is nothing', async () => {
    const { clock, commit, writes } = setUp({ maxBatch: 1, maxPending: 10 });
    await commit.drain();
    let drained = false;
    for (const item of ['a', 'b']) void commit.add(item).catch(() => undefined);
    void commit.drain().then(() => (drained = true));
    await clock.advance(0);
    writes[0]?.done();
    await clock.advance(0);
    expect(drained).toBe(false);
    writes[1]?.fail(new VitalsError('store-unavailable', 'away'));
    await clock.advance(0);
    expect(drained).toBe(true);
  });

  it.each(Array.from({ length: 10 }, (_, turns) => turns))(
    'writes an item that is added %d promise turns after the write before it ended',
    async (turns) => {
      const { clock, commit } = setUpStore(async (items) => items);
      const later = commit.add('a').then(async () => {
        for (let turn = 0; turn < turns; turn++) await Promise.resolve();
        return commit.add('b');
      });
      let result: string | undefined;
      void later.then((value) => (result = value));
      await clock.advance(10);
      expect(result).toBe('b');
      await commit.drain();
    },
  );
});
