/** The place of one value in an `ExpiryQueue`; belongs to the queue that made it. */
export interface ExpiryEntry<T> {
  readonly value: T;
}

interface Entry<T> extends ExpiryEntry<T> {
  slot: number;
  before: Entry<T> | undefined;
  after: Entry<T> | undefined;
}

interface Slot<T> {
  first: Entry<T>;
  last: Entry<T>;
}

/**
 * Values by the time at which they fall due, without a timer for each. Time is cut into slots, every slot
 * holds a linked list: adding, moving and removing cost O(1), taking what is due costs what is due plus one
 * look-up per slot that passed, whatever else the queue holds (a timing wheel with sparse slots; Varghese and
 * Lauck, 1987). A value is never taken early, and late by less than one slot.
 */
export class ExpiryQueue<T> {
  private readonly slots = new Map<number, Slot<T>>();
  private nextSlot = Number.NEGATIVE_INFINITY;
  private count = 0;

  /** @param slotMs width of a slot in milliseconds: how late a value may be taken */
  constructor(private readonly slotMs = 20) {}

  get size(): number {
    return this.count;
  }

  /** Adds a value that falls due at `dueMs`. */
  add(value: T, dueMs: number): ExpiryEntry<T> {
    const entry: Entry<T> = { value, slot: 0, before: undefined, after: undefined };
    this.link(entry, dueMs);
    return entry;
  }

  /** Changes when an entry falls due; an entry that was taken or removed is added again. */
  move(entry: ExpiryEntry<T>, dueMs: number): void {
    const own = entry as Entry<T>;
    if (own.slot === this.slotOf(dueMs)) return;
    if (own.slot) this.unlink(own);
    this.link(own, dueMs);
  }

  /** Takes an entry out; does nothing if it is out already. */
  remove(entry: ExpiryEntry<T>): void {
    const own = entry as Entry<T>;
    if (own.slot) this.unlink(own);
  }

  /** Takes up to `limit` values that are due at `nowMs`, earliest slot first. */
  takeDue(nowMs: number, limit = Number.POSITIVE_INFINITY): T[] {
    const taken: T[] = [];
    const endSlot = Math.floor(nowMs / this.slotMs) + 1;
    for (const slot of this.dueSlots(endSlot)) {
      for (let held = this.slots.get(slot); held; held = this.slots.get(slot)) {
        if (taken.length >= limit) return taken;
        const { first } = held;
        this.unlink(first);
        taken.push(first.value);
      }
      this.nextSlot = Math.max(this.nextSlot, slot + 1);
    }
    this.nextSlot = Math.max(this.nextSlot, endSlot);
    return taken;
  }

  /** Slots that end by `endSlot`, in order; walks whichever is shorter, the slots of that span or those in use. */
  private dueSlots(endSlot: number): Iterable<number> {
    if (this.slots.size === 0) return [];
    if (endSlot - this.nextSlot > this.slots.size) {
      return [...this.slots.keys()].filter((slot) => slot < endSlot).sort((a, b) => a - b);
    }
    return Array.from({ length: Math.max(0, endSlot - this.nextSlot) }, (_, index) => this.nextSlot + index);
  }

  /** Slot numbers start at 1, so that 0 can mean "in no slot"; a value is due when its slot has ended. */
  private slotOf(dueMs: number): number {
    return Math.max(1, Math.ceil(dueMs / this.slotMs));
  }

  private link(entry: Entry<T>, dueMs: number): void {
    const slot = this.slotOf(dueMs);
    entry.slot = slot;
    this.nextSlot = Math.min(this.nextSlot, slot);
    const held = this.slots.get(slot);
    if (held) {
      entry.before = held.last;
      held.last.after = entry;
      held.last = entry;
    } else {
      this.slots.set(slot, { first: entry, last: entry });
    }
    this.count++;
  }

  private unlink(entry: Entry<T>): void {
    const held = this.slots.get(entry.slot) as Slot<T>;
    if (held.first === held.last) this.slots.delete(entry.slot);
    else if (held.first === entry) held.first = entry.after as Entry<T>;
    else if (held.last === entry) held.last = entry.before as Entry<T>;
    if (entry.before) entry.before.after = entry.after;
    if (entry.after) entry.after.before = entry.before;
    entry.before = undefined;
    entry.after = undefined;
    entry.slot = 0;
    this.count--;
  }
}
