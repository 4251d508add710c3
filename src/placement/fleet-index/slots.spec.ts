import fc from 'fast-check';
import { hash32 } from '../../hash.js';
import { positionOf } from '../random-order.js';
import { Slots } from './slots.js';

describe('Slots', () => {
  it('finds every name that it has and no other, while names come and go and room grows', () => {
    const step = fc.record({ id: fc.nat(300), isRemoval: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600, size: 'max' }), (steps) => {
        const slots = new Slots<{ readonly name: string }>();
        const names = new Set<string>();
        const wrong: string[] = [];
        for (const { id, isRemoval } of steps) {
          const name = `p-${id}`;
          const slot = slots.find(name);
          if (slot >= 0 !== names.has(name)) wrong.push(name);
          if (slot >= 0 && isRemoval) {
            slots.remove(slot);
            names.delete(name);
          } else if (slot < 0) {
            slots.add({ name });
            names.add(name);
          }
        }
        expect(wrong).toEqual([]);
        expect(slots.size).toBe(names.size);
        for (const name of names) {
          const met: string[] = [];
          slots.visitAt(positionOf(hash32(name)), (slot) => met.push(slots.nameOf(slot)));
          expect(met).toContain(name);
          expect(slots.nameOf(slots.find(name))).toBe(name);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('gives a slot that became vacant to the next name', () => {
    const slots = new Slots<{ readonly name: string }>();
    const first = slots.add({ name: 'a' });
    slots.add({ name: 'b' });
    slots.remove(first);
    expect(slots.add({ name: 'c' })).toBe(first);
    expect(slots.find('a')).toBe(-1);
  });
});
