import { Chunk, CHUNK_ROOM } from './chunk.js';
import type { Sieve } from '../sieve.js';
import type { Slots } from '../slots.js';

/** Chunks that fit together into this much become one. */
const MERGED_SIZE = CHUNK_ROOM / 2;

/** Returns true to end the walk. */
export type Visit = (slot: number) => boolean;

/**
 * All slots by their free share, the greatest first, then by name: a list of chunks, which are split when they
 * are full and merged when they are almost empty (the two lowest levels of a B+ tree). Inserting and removing
 * cost the logarithm of the number of slots. A walk passes over whole chunks in which nobody has enough.
 */
export class OrderedSlots {
  private readonly chunks: Chunk[] = [];

  constructor(private readonly all: Slots<{ readonly name: string }>) {}

  insert(slot: number): void {
    const place = Math.max(0, Math.min(this.placeOf(slot), this.chunks.length - 1));
    const chunk = (this.chunks[place] ??= new Chunk(this.all));
    chunk.insert(slot);
    if (chunk.size === CHUNK_ROOM) this.chunks.splice(place + 1, 0, chunk.split());
  }

  /** Takes out a slot, while the columns still say what they said when it was put in. */
  remove(slot: number): void {
    const place = this.placeOf(slot);
    const chunk = this.chunks[place] as Chunk;
    chunk.remove(slot);
    const before = this.chunks[place - 1];
    const after = this.chunks[place + 1];
    if (chunk.size === 0) this.chunks.splice(place, 1);
    else if (before && before.size + chunk.size <= MERGED_SIZE) this.merge(place - 1);
    else if (after && chunk.size + after.size <= MERGED_SIZE) this.merge(place);
  }

  /** Notes that the free amounts of a slot have changed, and its share has not. */
  refresh(slot: number): void {
    (this.chunks[this.placeOf(slot)] as Chunk).refresh(slot);
  }

  /** Whether anybody may have enough; costs most if nobody has. */
  mayPass(sieve: Sieve): boolean {
    return this.chunks.some((chunk) => chunk.mayPass(sieve));
  }

  /** Visits those that pass, the greatest share first, then by name. */
  fromEmptiest(sieve: Sieve, visit: Visit): void {
    for (const chunk of this.chunks) {
      if (chunk.mayPass(sieve) && visitPart(chunk, 0, chunk.size, sieve, visit)) return;
    }
  }

  /** Visits those that pass, the least share first, then by name: runs of equal shares from the end. */
  fromFullest(sieve: Sieve, visit: Visit): void {
    let place = this.chunks.length - 1;
    let end = this.chunks[place]?.size ?? 0;
    while (place >= 0) {
      const chunk = this.chunks[place] as Chunk;
      end = chunk.mayPass(sieve) ? chunk.endOfPassing(end, sieve) : 0;
      if (end > 0) {
        const [first, start] = this.runBefore(place, end);
        if (this.visitRun(first, start, place, end, sieve, visit)) return;
        place = first;
        end = start;
      }
      if (end === 0) end = this.chunks[--place]?.size ?? 0;
    }
  }

  private visitRun(
    first: number,
    start: number,
    last: number,
    end: number,
    sieve: Sieve,
    visit: Visit,
  ): boolean {
    for (let place = first; place <= last; place++) {
      const chunk = this.chunks[place] as Chunk;
      const from = place === first ? start : 0;
      const to = place === last ? end : chunk.size;
      if (chunk.mayPass(sieve) && visitPart(chunk, from, to, sieve, visit)) return true;
    }
    return false;
  }

  /** Where the run of equal shares begins that ends before `end` of a chunk: the chunk, and the place in it. */
  private runBefore(last: number, end: number): [place: number, start: number] {
    const share = this.shareAt(last, end - 1);
    let place = last;
    while (place > 0 && this.shareAt(place, 0) === share && this.lastShareOf(place - 1) === share) place--;
    let start = place === last ? end - 1 : (this.chunks[place] as Chunk).size - 1;
    while (start > 0 && this.shareAt(place, start - 1) === share) start--;
    return [place, start];
  }

  private shareAt(place: number, index: number): number {
    return this.all.share[(this.chunks[place] as Chunk).at(index)] as number;
  }

  private lastShareOf(place: number): number {
    return this.all.share[(this.chunks[place] as Chunk).last] as number;
  }

  /** The first chunk that does not end before a slot; one too far if all do. */
  private placeOf(slot: number): number {
    let low = 0;
    let high = this.chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.all.compareByShare((this.chunks[middle] as Chunk).last, slot) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private merge(place: number): void {
    const [next] = this.chunks.splice(place + 1, 1);
    (this.chunks[place] as Chunk).append(next as Chunk);
  }
}

function visitPart(chunk: Chunk, from: number, to: number, sieve: Sieve, visit: Visit): boolean {
  for (
    let place = chunk.nextPassing(from, to, sieve);
    place < to;
    place = chunk.nextPassing(place + 1, to, sieve)
  ) {
    if (visit(chunk.at(place))) return true;
  }
  return false;
}
