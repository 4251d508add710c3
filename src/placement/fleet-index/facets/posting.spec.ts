import fc from 'fast-check';
import { Posting } from './posting.js';
import { Selector, visitBits } from './selection.js';

const ROOM = 1_024;
const slots = fc.uniqueArray(fc.nat(ROOM - 1), { minLength: 1, maxLength: 600, size: 'max' });

function postingOf(all: readonly number[], room = ROOM): Posting {
  const posting = new Posting(all[0] as number);
  for (const slot of all) posting.add(slot, room);
  return posting;
}

function slotsOf(bits: Uint32Array): number[] {
  const visited: number[] = [];
  visitBits(bits, (slot) => visited.push(slot));
  return visited;
}

function ascending(all: Iterable<number>): number[] {
  return [...all].sort((a, b) => a - b);
}

describe('Posting', () => {
  it('holds what was added and not removed, each once, as a list or as bits', () => {
    fc.assert(
      fc.property(slots, fc.array(fc.nat(ROOM - 1), { maxLength: 300 }), (added, removed) => {
        const posting = postingOf([...added, ...added]);
        for (const slot of [...removed, ...removed]) posting.remove(slot);
        const left = new Set(added);
        for (const slot of removed) left.delete(slot);
        expect(posting.count).toBe(left.size);
        expect(posting.list ?? slotsOf(posting.bits as Uint32Array)).toEqual(ascending(left));
        const all = Array.from({ length: ROOM }, (_, slot) => slot);
        expect(all.filter((slot) => posting.has(slot))).toEqual(ascending(left));
      }),
      { numRuns: 50 },
    );
  });

  it('is a list while it is short, for there may be one for every provider', () => {
    const few = Array.from({ length: 64 }, (_, index) => index * 3);
    expect(postingOf(few).list).toEqual(few);
    expect(postingOf([...few, 1]).bits).toBeDefined();
    expect(postingOf([...few, 1], 64 * 1_024).list).toHaveLength(65);
  });

  it('follows when there is room for more slots', () => {
    const posting = postingOf(
      Array.from({ length: 100 }, (_, index) => index),
      128,
    );
    expect(posting.has(5_000)).toBe(false);
    posting.add(5_000, 8_192);
    expect(posting.has(5_000)).toBe(true);
    expect(posting.count).toBe(101);
  });
});

describe('Selector', () => {
  const sets = fc.array(slots, { minLength: 1, maxLength: 4 });

  it('selects what all postings have in common, and tells how many that are', () => {
    const selector = new Selector();
    fc.assert(
      fc.property(sets, (all) => {
        const common = all.reduce((one, other) => one.filter((slot) => other.includes(slot)));
        const {
          count,
          slots: list,
          bits,
        } = selector.select(
          all.map((one) => postingOf(one)),
          ROOM,
        );
        expect(count).toBe(common.length);
        expect(list ?? slotsOf(bits as Uint32Array)).toEqual(ascending(common));
      }),
    );
  });

  it('selects everything if nothing is required', () => {
    expect(new Selector().select([], 7)).toEqual({ count: 7 });
  });
});
