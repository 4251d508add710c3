import { type Capacity, freeShareOf, RESOURCES, ROUNDING } from '../capacity.js';
import { hash32 } from '../../hash.js';
import { positionOf } from '../random-order.js';
import { compareText } from '../../order.js';

/** Amounts stand side by side, in the order of `RESOURCES`. */
export const WIDTH = RESOURCES.length;

const NONE = -1;
const FIRST_ROOM = 64;

/**
 * The providers of the index, each in a numbered slot, with what queries compare in flat columns: a look at
 * all of a large fleet touches no object. Names are found by their position in the random order, in chains
 * that start from a table as long as the columns.
 */
export class Slots<T extends { readonly name: string }> {
  readonly entries: (T | undefined)[] = [];
  /** `WIDTH` numbers for each slot: what may be asked for, the rounding included. */
  free = new Float64Array(FIRST_ROOM * WIDTH);
  share = new Float64Array(FIRST_ROOM);
  /** The hash of the name, by which `random` draws. */
  hash = new Uint32Array(FIRST_ROOM);
  /** How many providers there are. */
  size = 0;
  private heads = new Int32Array(FIRST_ROOM).fill(NONE);
  private next = new Int32Array(FIRST_ROOM).fill(NONE);
  private readonly vacant: number[] = [];

  /** How many slots there is room for; a power of two. */
  get room(): number {
    return this.share.length;
  }

  /** The slot of a name; −1 if it has none. */
  find(name: string): number {
    const hash = hash32(name);
    let slot = this.heads[this.bucketOf(positionOf(hash))] as number;
    while (slot !== NONE && !(this.hash[slot] === hash && this.nameOf(slot) === name)) {
      slot = this.next[slot] as number;
    }
    return slot;
  }

  /** Visits the slots of all names that have this position. */
  visitAt(position: number, visit: (slot: number) => void): void {
    let slot = this.heads[this.bucketOf(position)] as number;
    while (slot !== NONE) {
      if (positionOf(this.hash[slot] as number) === position) visit(slot);
      slot = this.next[slot] as number;
    }
  }

  /** Gives a slot to a name that has none. */
  add(entry: T): number {
    if (this.size === this.room) this.grow();
    const slot = this.vacant.pop() ?? this.size;
    this.size++;
    this.entries[slot] = entry;
    this.hash[slot] = hash32(entry.name);
    this.link(slot);
    return slot;
  }

  /** Takes a slot back, to be given to another name. */
  remove(slot: number): void {
    this.unlink(slot);
    this.entries[slot] = undefined;
    this.vacant.push(slot);
    this.size--;
  }

  /** Writes the columns of one slot. Whatever is ordered by its share has to be put elsewhere. */
  setFree(slot: number, capacity: Capacity, used: Capacity, share = freeShareOf(capacity, used)): void {
    this.share[slot] = share;
    let at = slot * WIDTH;
    for (const resource of RESOURCES) {
      this.free[at++] = Math.max(0, (capacity[resource] ?? 0) - (used[resource] ?? 0)) + ROUNDING;
    }
  }

  nameOf(slot: number): string {
    return (this.entries[slot] as T).name;
  }

  /** The greatest free share first, then by name. */
  compareByShare(a: number, b: number): number {
    return (this.share[b] as number) - (this.share[a] as number) || this.compareByName(a, b);
  }

  compareByName(a: number, b: number): number {
    return compareText(this.nameOf(a), this.nameOf(b));
  }

  private grow(): void {
    const room = this.room * 2;
    this.free = extended(new Float64Array(room * WIDTH), this.free);
    this.share = extended(new Float64Array(room), this.share);
    this.hash = extended(new Uint32Array(room), this.hash);
    this.heads = new Int32Array(room).fill(NONE);
    this.next = new Int32Array(room).fill(NONE);
    for (let slot = 0; slot < this.size; slot++) this.link(slot);
  }

  private bucketOf(position: number): number {
    return position & (this.room - 1);
  }

  private link(slot: number): void {
    const bucket = this.bucketOf(positionOf(this.hash[slot] as number));
    this.next[slot] = this.heads[bucket] as number;
    this.heads[bucket] = slot;
  }

  private unlink(slot: number): void {
    const bucket = this.bucketOf(positionOf(this.hash[slot] as number));
    const after = this.next[slot] as number;
    let before = this.heads[bucket] as number;
    if (before === slot) {
      this.heads[bucket] = after;
      return;
    }
    while (this.next[before] !== slot) before = this.next[before] as number;
    this.next[before] = after;
  }
}

function extended<A extends Float64Array | Uint32Array>(longer: A, shorter: A): A {
  longer.set(shorter);
  return longer;
}
