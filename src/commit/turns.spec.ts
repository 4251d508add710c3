import { decidedFirst } from './decided-first.js';
import { Turns } from './turns.js';

describe('Turns', () => {
  it('run one after the other for one name, also after one that failed, and at once for another', async () => {
    const turns = new Turns();
    const order: string[] = [];
    const ends: (() => void)[] = [];
    const slow = turns.take('a', () => new Promise<void>((resolve) => ends.push(resolve)));
    const failing = turns.take('a', async () => {
      order.push('second');
      throw new Error('refused');
    });
    const last = turns.take('a', async () => void order.push('third'));
    await turns.take('b', async () => void order.push('another'));
    expect(order).toEqual(['another']);
    ends[0]?.();
    await slow;
    await expect(failing).rejects.toThrow('refused');
    await last;
    expect(order).toEqual(['another', 'second', 'third']);
  });

  it('are taken from when one asks for its turn until the last one has ended', async () => {
    const turns = new Turns();
    expect(turns.isTaken('a')).toBe(false);
    const all = [turns.take('a', async () => undefined), turns.take('a', async () => undefined)];
    expect([turns.isTaken('a'), turns.isTaken('b')]).toEqual([true, false]);
    await all[0];
    expect(turns.isTaken('a')).toBe(true);
    await all[1];
    expect(turns.isTaken('a')).toBe(false);
  });
});

describe('A decision that was made first', () => {
  it('is given once, and made anew after that', () => {
    let made = 0;
    const decide = decidedFirst(0, () => ++made);
    expect([decide(), decide(), decide()]).toEqual([0, 1, 2]);
  });
});
