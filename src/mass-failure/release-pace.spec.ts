import { ManualClock } from '../time/index.js';
import { ReleasePace } from './release-pace.js';

function setUp() {
  const clock = new ManualClock();
  const turns: number[] = [];
  return { clock, turns, pace: new ReleasePace<number>(clock, (one) => turns.push(one)) };
}

describe('ReleasePace', () => {
  it('gives one after the other its turn, ten in a second, in the order in which they came', async () => {
    const { clock, turns, pace } = setUp();
    for (let one = 0; one < 20; one++) pace.add(one);
    await clock.advance(1_000);
    expect(turns).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([pace.isWaiting(9), pace.isWaiting(10)]).toEqual([false, true]);
  });

  it('lets nobody wait for longer than ten minutes, however many there are', async () => {
    const { clock, turns, pace } = setUp();
    for (let one = 0; one < 20_000; one++) pace.add(one);
    await clock.advance(600_000);
    expect(turns).toHaveLength(20_000);
  });

  it('gives no turn to who waits no longer', async () => {
    const { clock, turns, pace } = setUp();
    for (const one of [1, 2, 3]) pace.add(one);
    pace.delete(2);
    await clock.advance(1_000);
    expect(turns).toEqual([1, 3]);
  });
});
