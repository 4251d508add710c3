import fc from 'fast-check';
import { DueHeap } from './due-heap.js';

describe('DueHeap', () => {
  it('gives what is due, the earliest first, and keeps the rest', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100)), fc.nat(100), (dues, nowMs) => {
        const heap = new DueHeap<number>();
        for (const dueMs of dues) heap.add(dueMs, dueMs);
        const taken: number[] = [];
        for (let item = heap.takeDue(nowMs); item !== undefined; item = heap.takeDue(nowMs)) taken.push(item);
        const sorted = dues.toSorted((a, b) => a - b);
        expect(taken).toEqual(sorted.filter((dueMs) => dueMs <= nowMs));
        expect(heap.size).toBe(dues.length - taken.length);
      }),
    );
  });
});
