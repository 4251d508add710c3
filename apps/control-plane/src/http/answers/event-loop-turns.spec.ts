import { eventLoopTurn } from './event-loop-turns.js';

describe('A turn of the event loop', () => {
  it('is given to one of those who wait, in their order, and to everybody else in between', async () => {
    const done: string[] = [];
    const work = async (name: string): Promise<void> => {
      for (let piece = 0; piece < 3; piece++) {
        await eventLoopTurn();
        done.push(`${name}${piece}`);
      }
    };
    const all = Promise.all([work('a'), work('b')]);
    const seen: number[] = [];
    while (done.length < 6) {
      seen.push(done.length);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await all;
    expect(done).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
    expect(Math.max(...seen.map((count, at) => count - (seen[at - 1] ?? 0)))).toBeLessThanOrEqual(1);
  });
});
