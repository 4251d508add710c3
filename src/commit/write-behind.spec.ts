import { ManualClock } from '../time/manual-clock.js';
import { WriteBehind } from './write-behind.js';

interface Named {
  readonly key: number;
  readonly name: string;
}

const known = new Map<string, Named>();

/** One item for each letter; its place in the alphabet is its key. */
function named(name: string): Named {
  const item = known.get(name) ?? { key: name.charCodeAt(0), name };
  known.set(name, item);
  return item;
}

/** A store that is there or away, and whose writes wait while it is `held`. */
function setUp(pace = { lingerMs: 500, slice: 3 }) {
  const clock = new ManualClock();
  const writes: string[] = [];
  const errors: unknown[] = [];
  const store = { away: false, held: undefined as Promise<void> | undefined };
  const write = async (items: readonly Named[]) => {
    writes.push(items.map(({ name }) => name).join(' '));
    await store.held;
    if (store.away) throw new Error('away');
  };
  const behind = new WriteBehind<Named>(clock, write, pace, (error) => errors.push(error));
  const mark = (...names: string[]) => names.forEach((name) => behind.mark(named(name)));
  return { clock, behind, writes, errors, store, mark };
}

describe('WriteBehind', () => {
  it('makes many changes of one key within the linger time one write', async () => {
    const { clock, behind, writes, mark } = setUp();
    mark('a', 'b', 'a');
    await clock.advance(400);
    mark('a');
    expect([writes, behind.pending]).toEqual([[], 2]);
    await clock.advance(100);
    expect([writes, behind.pending]).toEqual([['a b'], 0]);
    await clock.advance(10_000);
    expect(writes).toEqual(['a b']);
  });

  it('writes a key again that changes after its write', async () => {
    const { clock, writes, mark } = setUp();
    mark('a');
    await clock.advance(500);
    mark('a');
    await clock.advance(500);
    expect(writes).toEqual(['a', 'a']);
  });

  it('writes neighbours in the store next to each other, whatever the order of their changes', async () => {
    const { clock, writes, mark } = setUp();
    mark('e', 'b', 'd', 'a', 'c');
    await clock.advance(500);
    expect(writes).toEqual(['a b c', 'd e']);
  });

  it('writes in slices', async () => {
    const { clock, writes, mark } = setUp();
    mark('a', 'b', 'c', 'd', 'e', 'f', 'g');
    await clock.advance(500);
    expect(writes).toEqual(['a b c', 'd e f', 'g']);
  });

  it('keeps what could not be written, with what came after it, and tries again', async () => {
    const { clock, behind, writes, errors, store, mark } = setUp();
    store.away = true;
    mark('a', 'b', 'c', 'd');
    await clock.advance(500);
    expect([writes, behind.pending, errors]).toEqual([['a b c'], 4, [new Error('away')]]);
    store.away = false;
    await clock.advance(500);
    expect([writes, behind.pending]).toEqual([['a b c', 'a b c', 'd'], 0]);
  });

  it('holds no more than the keys however long the store is away', async () => {
    const { clock, behind, store, mark } = setUp();
    store.away = true;
    for (let round = 0; round < 20; round++) {
      mark('a', 'b');
      await clock.advance(300);
    }
    expect(behind.pending).toBe(2);
  });

  it('writes a key again that changes while it is being written', async () => {
    const { clock, writes, store, mark } = setUp();
    let release = () => undefined as void;
    store.held = new Promise((resolve) => (release = resolve));
    mark('a');
    await clock.advance(500);
    mark('a');
    await clock.advance(5_000);
    expect(writes).toEqual(['a']);
    release();
    await clock.advance(500);
    expect(writes).toEqual(['a', 'a']);
  });

  it('flushes at once, and does not write again for the timer', async () => {
    const { clock, behind, writes, mark } = setUp();
    mark('a');
    await behind.flush();
    expect(writes).toEqual(['a']);
    await clock.advance(5_000);
    expect(writes).toEqual(['a']);
  });

  it('flushes also what was marked while a write was running', async () => {
    const { clock, behind, writes, store, mark } = setUp();
    let release = () => undefined as void;
    store.held = new Promise((resolve) => (release = resolve));
    mark('a');
    await clock.advance(500);
    mark('b');
    const flushed = Promise.all([behind.flush(), behind.flush()]);
    release();
    await flushed;
    expect([writes, behind.pending]).toEqual([['a', 'b'], 0]);
  });

  it('resolves a flush while the store is away, and keeps what is left', async () => {
    const { behind, store, mark } = setUp();
    store.away = true;
    mark('a');
    await behind.flush();
    expect(behind.pending).toBe(1);
  });

  it('needs no write to flush nothing', async () => {
    const { behind, writes } = setUp();
    await behind.flush();
    expect(writes).toEqual([]);
  });
});
