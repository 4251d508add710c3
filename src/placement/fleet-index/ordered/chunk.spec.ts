import { Sieve } from '../sieve.js';
import { Slots } from '../slots.js';
import { Chunk } from './chunk.js';

describe('Chunk', () => {
  const slots = new Slots<{ readonly name: string }>();
  const chunk = new Chunk(slots);
  const mayPass = (cpu: number) => chunk.mayPass(new Sieve(slots, { cpu }));

  function slotOf(name: string, cpu: number): number {
    const known = slots.find(name);
    const slot = known < 0 ? slots.add({ name }) : known;
    slots.setFree(slot, { cpu: 16 }, { cpu: 16 - cpu });
    return slot;
  }

  it('knows when the one that had most is gone or has less, so that it is passed over', () => {
    expect(mayPass(1)).toBe(false);
    chunk.insert(slotOf('a', 4));
    const most = slotOf('b', 8);
    chunk.insert(most);
    expect([mayPass(8), mayPass(9)]).toEqual([true, false]);
    chunk.remove(most);
    expect([mayPass(4), mayPass(5)]).toEqual([true, false]);
    chunk.refresh(slotOf('a', 2));
    expect([mayPass(2), mayPass(3)]).toEqual([true, false]);
  });
});
