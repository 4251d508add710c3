/**
 * What an `ExpiryQueue` holds extends this: its place in the queue is part of itself, so that a queue of many
 * needs no object for each. An entry is in one queue at a time, and only that queue changes these fields.
 */
export class ExpiryEntry {
  /** The slot that it is in; 0 if it is in none. */
  slot = 0;
  /** Its neighbours in the ring of that slot. */
  before: ExpiryEntry | undefined = undefined;
  after: ExpiryEntry | undefined = undefined;
}

/** The ring of one slot: the entry that holds nothing, with which the ring begins and ends. */
function emptyRing(slot: number): ExpiryEntry {
  const ring = new ExpiryEntry();
  ring.slot = slot;
  ring.before = ring;
  ring.after = ring;
  return ring;
}

/**
 * Entries by the time at which they fall due, without a timer for each. Time is cut into slots, every slot
 * holds a ring of entries: putting and removing cost O(1), taking what is due costs what is due plus one
 * look-up per slot that passed, whatever else the queue holds (a timing wheel with sparse slots; Varghese and
 * Lauck, 1987). An entry is never taken early, and late by less than one slot.
 */
export class ExpiryQueue<T extends ExpiryEntry> {
  private readonly rings = new Map<number, ExpiryEntry>();
  private nextSlot = Number.NEGATIVE_INFINITY;
  private count = 0;

  /** @param slotMs width of a slot in milliseconds: how late an entry may be taken */
  constructor(private readonly slotMs = 20) {}

  get size(): number {
    return this.count;
  }

  /** Adds an entry that falls due at `dueMs`, or changes when it does. */
  put(entry: T, dueMs: number): void {
    const slot = this.slotOf(dueMs);
    if (entry.slot === slot) return;
    if (entry.slot) this.remove(entry);
    this.link(entry, slot);
  }

  /** Takes an entry out; does nothing if it is out already. */
  remove(entry: T): void {
    if (!entry.slot) return;
    const before = entry.before as ExpiryEntry;
    const after = entry.after as ExpiryEntry;
    before.after = after;
    after.before = before;
    if (before === after) this.rings.delete(entry.slot);
    entry.before = undefined;
    entry.after = undefined;
    entry.slot = 0;
    this.count--;
  }

  /** Everything in the queue, in no order. */
  entries(): T[] {
    const all: T[] = [];
    for (const ring of this.rings.values())
      for (let entry = ring.after; entry && entry !== ring; entry = entry.after) all.push(entry as T);
    return all;
  }

  /** Takes up to `limit` entries that are due at `nowMs`, earliest slot first. */
  takeDue(nowMs: number, limit = Number.POSITIVE_INFINITY): T[] {
    const taken: T[] = [];
    const endSlot = Math.floor(nowMs / this.slotMs) + 1;
    if (endSlot - this.nextSlot > this.rings.size) {
      for (const slot of this.dueSlots(endSlot)) if (!this.takeSlot(slot, limit, taken)) return taken;
    } else {
      while (this.nextSlot < endSlot) if (!this.takeSlot(this.nextSlot, limit, taken)) return taken;
    }
    this.nextSlot = Math.max(this.nextSlot, endSlot);
    return taken;
  }

  /** Slots in use that end by `endSlot`, in order: for spans that have more slots than are in use. */
  private dueSlots(endSlot: number): number[] {
    return [...this.rings.keys()].filter((slot) => slot < endSlot).sort((a, b) => a - b);
  }

  /** Empties a slot into `taken`; false if the limit was reached first. */
  private takeSlot(slot: number, limit: number, taken: T[]): boolean {
    this.nextSlot = slot;
    for (let ring = this.rings.get(slot); ring; ring = this.rings.get(slot)) {
      if (taken.length >= limit) return false;
      const first = ring.after as T;
      this.remove(first);
      taken.push(first);
    }
    this.nextSlot = slot + 1;
    return true;
  }

  /** Slot numbers start at 1, so that 0 can mean "in no slot"; an entry is due when its slot has ended. */
  private slotOf(dueMs: number): number {
    return Math.max(1, Math.ceil(dueMs / this.slotMs));
  }

  private link(entry: ExpiryEntry, slot: number): void {
    let ring = this.rings.get(slot);
    if (!ring) {
      ring = emptyRing(slot);
      this.rings.set(slot, ring);
      this.nextSlot = Math.min(this.nextSlot, slot);
    }
    const last = ring.before as ExpiryEntry;
    entry.slot = slot;
    entry.before = last;
    entry.after = ring;
    last.after = entry;
    ring.before = entry;
    this.count++;
  }
}
