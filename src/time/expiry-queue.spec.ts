import fc from 'fast-check';
import { ExpiryQueue } from './expiry-queue.js';

describe('ExpiryQueue', () => {
  it('gives back what is due and keeps the rest', () => {
    const queue = new ExpiryQueue<string>(20);
    queue.add('early', 100);
    queue.add('late', 500);
    expect(queue.takeDue(99)).toEqual([]);
    expect(queue.takeDue(100)).toEqual(['early']);
    expect(queue.size).toBe(1);
    expect(queue.takeDue(1_000)).toEqual(['late']);
  });

  it('hands out no more than the limit at a time, and the rest on the next call', () => {
    const queue = new ExpiryQueue<number>(20);
    for (let index = 0; index < 10; index++) queue.add(index, 100 + index);
    expect(queue.takeDue(1_000, 4)).toEqual([0, 1, 2, 3]);
    expect(queue.takeDue(1_000, 4)).toEqual([4, 5, 6, 7]);
    expect(queue.takeDue(1_000, 4)).toEqual([8, 9]);
  });

  it('takes every value exactly once, never early and less than one slot late, however it was moved', () => {
    const step = fc.record({
      advanceMs: fc.integer({ min: 0, max: 300 }),
      id: fc.nat(19),
      aheadMs: fc.nat(2_000),
      remove: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const slotMs = 20;
        const queue = new ExpiryQueue<number>(slotMs);
        const due = new Map<number, number>();
        const entries = new Map<number, ReturnType<typeof queue.add>>();
        let nowMs = 0;
        for (const { advanceMs, id, aheadMs, remove } of steps) {
          nowMs += advanceMs;
          for (const taken of queue.takeDue(nowMs)) {
            expect(due.get(taken)).toBeLessThanOrEqual(nowMs);
            due.delete(taken);
          }
          for (const dueMs of due.values()) expect(dueMs).toBeGreaterThan(nowMs - slotMs);
          const entry = entries.get(id);
          if (remove && entry) {
            queue.remove(entry);
            due.delete(id);
          } else {
            if (entry) queue.move(entry, nowMs + aheadMs);
            else entries.set(id, queue.add(id, nowMs + aheadMs));
            due.set(id, nowMs + aheadMs);
          }
          expect(queue.size).toBe(due.size);
        }
        const byNumber = (a: number, b: number) => a - b;
        expect(queue.takeDue(nowMs + 10_000).sort(byNumber)).toEqual([...due.keys()].sort(byNumber));
      }),
    );
  });
});
