import fc from 'fast-check';
import { ExpiryEntry, ExpiryQueue } from './expiry-queue.js';

class Named extends ExpiryEntry {
  constructor(readonly name: string | number) {
    super();
  }
}

const namesOf = (taken: readonly Named[]) => taken.map(({ name }) => name);

describe('ExpiryQueue', () => {
  it('gives back what is due and keeps the rest', () => {
    const queue = new ExpiryQueue<Named>(20);
    queue.put(new Named('early'), 100);
    queue.put(new Named('late'), 500);
    expect(namesOf(queue.takeDue(99))).toEqual([]);
    expect(namesOf(queue.takeDue(100))).toEqual(['early']);
    expect(queue.size).toBe(1);
    expect(namesOf(queue.takeDue(1_000))).toEqual(['late']);
  });

  it('hands out no more than the limit at a time, and the rest on the next call', () => {
    const queue = new ExpiryQueue<Named>(20);
    for (let index = 0; index < 10; index++) queue.put(new Named(index), 100 + index);
    expect(namesOf(queue.takeDue(1_000, 4))).toEqual([0, 1, 2, 3]);
    expect(namesOf(queue.takeDue(1_000, 4))).toEqual([4, 5, 6, 7]);
    expect(namesOf(queue.takeDue(1_000, 4))).toEqual([8, 9]);
  });

  it('takes the earliest slot first, whether few or many slots have passed', () => {
    const queue = new ExpiryQueue<Named>(20);
    for (const dueMs of [900, 20, 500, 40, 1_000_000]) queue.put(new Named(dueMs), dueMs);
    expect(namesOf(queue.takeDue(45))).toEqual([20, 40]);
    expect(namesOf(queue.takeDue(1_000))).toEqual([500, 900]);
    expect(namesOf(queue.takeDue(2_000_000))).toEqual([1_000_000]);
    queue.put(new Named(3), 3);
    expect(namesOf(queue.takeDue(2_000_001))).toEqual([3]);
  });

  it('forgets an entry that was removed or taken, and takes it back when it is put again', () => {
    const queue = new ExpiryQueue<Named>(20);
    const entry = new Named('a');
    queue.remove(entry);
    queue.put(entry, 100);
    queue.remove(entry);
    queue.remove(entry);
    expect(queue.size).toBe(0);
    expect(queue.takeDue(1_000)).toEqual([]);
    queue.put(entry, 1_100);
    expect(namesOf(queue.takeDue(1_100))).toEqual(['a']);
    queue.put(entry, 1_200);
    expect(namesOf(queue.takeDue(1_200))).toEqual(['a']);
  });

  it('takes every entry exactly once, never early and less than one slot late, however it was moved', () => {
    const step = fc.record({
      advanceMs: fc.integer({ min: 0, max: 300 }),
      id: fc.nat(19),
      aheadMs: fc.nat(2_000),
      remove: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const slotMs = 20;
        const queue = new ExpiryQueue<Named>(slotMs);
        const due = new Map<Named, number>();
        const entries = Array.from({ length: 20 }, (_, id) => new Named(id));
        let nowMs = 0;
        for (const { advanceMs, id, aheadMs, remove } of steps) {
          nowMs += advanceMs;
          for (const taken of queue.takeDue(nowMs)) {
            expect(due.get(taken)).toBeLessThanOrEqual(nowMs);
            due.delete(taken);
          }
          for (const dueMs of due.values()) expect(dueMs).toBeGreaterThan(nowMs - slotMs);
          const entry = entries[id] as Named;
          if (remove) {
            queue.remove(entry);
            due.delete(entry);
          } else {
            queue.put(entry, nowMs + aheadMs);
            due.set(entry, nowMs + aheadMs);
          }
          expect(queue.size).toBe(due.size);
          expect(new Set(queue.entries())).toEqual(new Set(due.keys()));
        }
        expect(new Set(queue.takeDue(nowMs + 10_000))).toEqual(new Set(due.keys()));
        expect(queue.size).toBe(0);
      }),
    );
  });
});
