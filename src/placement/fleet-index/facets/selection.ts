import type { Posting } from './posting.js';

/** The slots that several postings have in common: all there are, a short list, or many in a bit set. */
export interface Selection {
  readonly count: number;
  readonly slots?: readonly number[];
  /** Belongs to the `Selector`, and holds until its next selection. */
  readonly bits?: Uint32Array;
}

/** Cuts postings with each other: the shortest list is looked up in the others, or bit sets are cut by words. */
export class Selector {
  private scratch = new Uint32Array(0);

  /** @param size how many there are if nothing is required */
  select(postings: readonly Posting[], size: number): Selection {
    const sorted = postings.toSorted((a, b) => a.count - b.count);
    const [fewest] = sorted;
    if (!fewest) return { count: size };
    // a posting that grew or shrank may still be what it was: the one with the fewest need not be the list
    const listed = sorted.find(({ list }) => list);
    if (listed?.list) {
      const slots = listed.list.filter((slot) => sorted.every((one) => one === listed || one.has(slot)));
      return { count: slots.length, slots };
    }
    const sets = sorted.map(({ bits }) => bits as Uint32Array);
    const bits = sets.length === 1 ? (sets[0] as Uint32Array) : this.cut(sets);
    return { count: sets.length === 1 ? fewest.count : countOf(bits), bits };
  }

  private cut(sets: readonly Uint32Array[]): Uint32Array {
    const length = Math.min(...sets.map((bits) => bits.length));
    if (this.scratch.length < length) this.scratch = new Uint32Array(length);
    const common = this.scratch.subarray(0, length);
    common.set((sets[0] as Uint32Array).subarray(0, length));
    for (const bits of sets.slice(1)) {
      for (let word = 0; word < length; word++) {
        common[word] = (common[word] as number) & (bits[word] as number);
      }
    }
    return common;
  }
}

/** Visits the slots of a bit set, in ascending order. */
export function visitBits(bits: Uint32Array, visit: (slot: number) => void): void {
  for (let word = 0; word < bits.length; word++) {
    for (let left = bits[word] as number; left !== 0; left &= left - 1) {
      visit(word * 32 + 31 - Math.clz32(left & -left));
    }
  }
}

/** Counts bits in parallel within each word (Warren, Hacker's Delight, 5–1). */
function countOf(bits: Uint32Array): number {
  let count = 0;
  for (let word = 0; word < bits.length; word++) {
    let left = bits[word] as number;
    left -= (left >>> 1) & 0x55555555;
    left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
    count += Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}
