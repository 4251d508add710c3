/** A posting becomes a bit set when it holds more than one slot in so many: 16 bytes for a slot at the most. */
const SPARSE_SHARE = 128;
const MIN_FOR_BITS = 64;

/** The slots of all providers that have one thing in common: a list in order if they are few, a bit set if many. */
export class Posting {
  /** The slots in ascending order, unless there are bits. */
  list: number[] | undefined;
  /** One bit for each slot, 32 to a word. */
  bits: Uint32Array | undefined;
  private inBits = 0;

  constructor(first: number) {
    this.list = [first];
  }

  get count(): number {
    return this.list ? this.list.length : this.inBits;
  }

  /** Adds a slot, if it is not in it yet. @param room how many slots there may be */
  add(slot: number, room: number): void {
    if (this.has(slot)) return;
    if (this.list) {
      this.list.splice(placeOf(slot, this.list), 0, slot);
      if (this.list.length > Math.max(MIN_FOR_BITS, room / SPARSE_SHARE)) this.toBits(this.list, room);
    } else {
      this.set(slot, room);
    }
  }

  /** Takes a slot out, if it is in it. */
  remove(slot: number): void {
    if (!this.has(slot)) return;
    if (this.list) {
      this.list.splice(placeOf(slot, this.list), 1);
      return;
    }
    const bits = this.bits as Uint32Array;
    bits[slot >>> 5] = (bits[slot >>> 5] as number) & ~(1 << (slot & 31));
    this.inBits--;
  }

  has(slot: number): boolean {
    if (this.list) return this.list[placeOf(slot, this.list)] === slot;
    return hasBit(this.bits as Uint32Array, slot);
  }

  private toBits(list: readonly number[], room: number): void {
    this.list = undefined;
    this.bits = new Uint32Array(Math.ceil(room / 32));
    for (const slot of list) this.set(slot, room);
  }

  private set(slot: number, room: number): void {
    let bits = this.bits as Uint32Array;
    if (slot >>> 5 >= bits.length) {
      this.bits = new Uint32Array(Math.ceil(room / 32));
      this.bits.set(bits);
      bits = this.bits;
    }
    bits[slot >>> 5] = (bits[slot >>> 5] as number) | (1 << (slot & 31));
    this.inBits++;
  }
}

/** Whether a slot is in a bit set; what lies behind its end is not. */
export function hasBit(bits: Uint32Array, slot: number): boolean {
  return slot >>> 5 < bits.length && (((bits[slot >>> 5] as number) >>> (slot & 31)) & 1) === 1;
}

function placeOf(slot: number, list: readonly number[]): number {
  let low = 0;
  let high = list.length;
  // slots are mostly given in ascending order
  if (high > 0 && (list[high - 1] as number) < slot) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] as number) < slot) low = middle + 1;
    else high = middle;
  }
  return low;
}
